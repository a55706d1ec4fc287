import express5 from 'express';
import express4 from 'express4';
import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import type { AadErrorHandlerOptions } from '../../src/index.js';
import { aadErrorHandler } from '../../src/index.js';
import { tokenErrorResponse, type TokenErrorDetails } from '../../src/testing/index.js';
import type { AadAction } from '../../src/types.js';

/** Both majors; Express 4's types differ little from Express 5's, which the tests use for both. */
export const expressVersions: readonly (readonly [name: string, express: typeof express5])[] = [
  ['express 4', express4],
  ['express 5', express5],
];

export const traceId = '0a1b2c3d-1111-4aaa-8bbb-0123456789ab';
export const correlationId = '4e5f6a7b-2222-4ccc-9ddd-abcdef012345';
export const timestamp = '2026-01-15T10:20:30Z';
export const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
export const authorizationUri = 'https://login.microsoftonline.com/common/oauth2/authorize';
export const bareChallenge = `Bearer realm="", authorization_uri="${authorizationUri}"`;

/** An answer of the token endpoint with fixed ids, as an HTTP client hands it on. */
export function entraAnswer(code: number | string | undefined, details: TokenErrorDetails = {}): object {
  return tokenErrorResponse(code, { traceId, correlationId, now: () => Date.parse(timestamp), ...details });
}

/** One error an action. */
export const errorOf: Readonly<Record<AadAction, object>> = {
  retry: entraAnswer(90033, { status: 503, retryAfterSeconds: 17 }),
  interactive: entraAnswer(50058, { error: 'login_required' }),
  claims_challenge: entraAnswer(50076, { claims, suberror: 'basic_action' }),
  consent: entraAnswer(65001, { suberror: 'consent_required' }),
  admin_consent: entraAnswer(90094, { error: 'invalid_grant', suberror: null }),
  contact_admin: entraAnswer(50105, { error: 'interaction_required' }),
  fix_config: entraAnswer(7000215),
  user_cancelled: entraAnswer(65004, { error: 'access_denied' }),
  unknown: entraAnswer(98765432, { error: 'something_new', suberror: null }),
};

/** Headers of the three kinds of client. */
export const clients = {
  navigation: { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  script: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  api: { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' },
} as const;

/**
 * An application whose every route fails with one error, after it has prepared an answer of its own. What our handler hands on is answered with 418 and collected.
 */
export function failingApp(
  express: typeof express5,
  thrown: unknown,
  options: AadErrorHandlerOptions = {},
  prepare: (response: express5.Response) => void = () => undefined,
): { app: express5.Express; handedOn: unknown[] } {
  const handedOn: unknown[] = [];
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    prepare(response);
    next(thrown);
  });
  app.use(aadErrorHandler({ exposeDetails: false, timeZone: 'UTC', ...options }));
  app.use(((error: unknown, _request, response, _next) => {
    handedOn.push(error);
    response.status(418).end();
  }) as express5.ErrorRequestHandler);
  return { app, handedOn };
}

/** Headers that node:http adds to every answer; all others are ours and are compared whole. */
const headersOfNode = new Set(['date', 'connection', 'keep-alive']);

export function ownHeaders(headers: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !headersOfNode.has(name)));
}

/** What a person gets from a page, in reading order. */
export interface ReadPage {
  readonly lang: string | undefined;
  readonly dir: string | undefined;
  readonly title: string;
  /** `h1: text`, `p: text`, `note: text`, `a: text -> href` … */
  readonly content: readonly string[];
  /** Names of all elements, once each. */
  readonly elements: ReadonlySet<string>;
}

export function readPage(source: string): ReadPage {
  const document = parse(source);
  const elements = new Set<string>();
  const content: string[] = [];
  let title = '';
  let root: Tree.Element | undefined;
  const visit = (node: Tree.Node): void => {
    if ('tagName' in node) {
      elements.add(node.tagName);
      const text = textOf(node).trim();
      if (node.tagName === 'html') root = node;
      if (node.tagName === 'title') title = text;
      if (node.tagName === 'a') content.push(`a: ${text} -> ${attribute(node, 'href') ?? ''}`);
      else if (['h1', 'h2', 'summary', 'pre'].includes(node.tagName)) content.push(`${node.tagName}: ${text}`);
      else if (node.tagName === 'p' && !hasChild(node, 'a'))
        content.push(`${attribute(node, 'class') ?? 'p'}: ${text}`);
    }
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(document);
  return {
    lang: root && attribute(root, 'lang'),
    dir: root && attribute(root, 'dir'),
    title,
    content,
    elements,
  };
}

function attribute(element: Tree.Element, name: string): string | undefined {
  return element.attrs.find((entry) => entry.name === name)?.value;
}

function hasChild(element: Tree.Element, name: string): boolean {
  return element.childNodes.some((child) => 'tagName' in child && child.tagName === name);
}

function textOf(node: Tree.Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

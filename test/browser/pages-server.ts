import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import {
  aadErrorHandler,
  decide,
  listAadsts,
  msalInteraction,
  normalizeAadError,
  situationIds,
  type AadErrorHandlerOptions,
  type Decision,
} from '../../src/index.js';
import { authorizationErrorResponse, tokenErrorResponse } from '../../src/testing/index.js';

/** One situation, an error that really leads to it, and what is decided about it. */
export interface Sample {
  readonly situation: string;
  readonly thrown: unknown;
  readonly decision: Decision;
}

const ids = {
  traceId: '0a1b2c3d-1111-4aaa-8bbb-0123456789ab',
  correlationId: '4e5f6a7b-2222-4ccc-9ddd-abcdef012345',
  now: () => Date.UTC(2026, 0, 15, 10, 20, 30),
};

/** Codes with the usual reason for a situation, where the first row of the catalogue would be an unusual one. */
const usualCodes: Readonly<Record<string, number>> = {
  'sign-in-needed': 50058,
  'sign-in-failed': 50126,
  'session-expired': 700082,
  'mfa-required': 50076,
  'service-busy': 90055,
  'secret-expired': 7000222,
  'app-misconfigured': 50011,
  'admin-approval-needed': 90094,
  'consent-needed': 65001,
  'blocked-by-policy': 53003,
};

/** Situations that no code of the token endpoint stands for. */
const withoutCode: Readonly<Record<string, unknown>> = {
  'network-problem': { name: 'ClientAuthError', errorCode: 'network_error', errorMessage: 'Network request failed' },
  'admin-approval-not-granted': { error: 'permission_denied', error_description: 'The approval was closed.' },
  'sign-in-cancelled': authorizationErrorResponse(undefined, { error: 'access_denied', subcode: 'cancel', ...ids }),
  'unknown-problem': tokenErrorResponse(98765432, { error: 'something_new', suberror: null, ...ids }),
};

function candidates(situation: string): unknown[] {
  const codes = [usualCodes[situation], ...listAadsts({ situation }).map((row) => row.code)];
  return [
    ...(situation in withoutCode ? [withoutCode[situation]] : []),
    ...codes.flatMap((code) => (code === undefined ? [] : [tokenErrorResponse(code, ids)])),
  ];
}

/** Every situation of the catalogue. @throws when one has no error that leads to it */
export const samples: readonly Sample[] = situationIds.map((situation) => {
  for (const thrown of candidates(situation)) {
    const error = normalizeAadError(thrown);
    const decision = error === undefined ? undefined : decide(error);
    if (decision?.situation === situation) return { situation, thrown, decision };
  }
  throw new Error(`no error leads to ${situation}`);
});

const bySituation = new Map(samples.map((sample) => [sample.situation, sample.thrown]));

export const branding = {
  applicationName: 'Contoso Mail',
  supportEmail: 'helpdesk@contoso.example',
  supportUrl: 'https://help.contoso.example/sign-in',
  links: [
    { text: 'Privacy', url: '/privacy' },
    { text: 'Status', url: 'https://status.contoso.example/' },
  ],
  footer: 'Contoso Ltd',
} as const;

/** A page whose scripts ask for something that needs a sign-in, in all the ways scripts do. */
const scriptPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>scripts</title>
<form method="post" action="/form"><button>send</button></form><a href="/signin/sign-in-needed">go</a>`;

export interface PagesServer {
  readonly url: string;
  /** Path and query of each request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * Every situation below four paths: `/plain/…` without an interaction, `/branded/…` with branding, `/signin/…` with
 * automatic sign-in, `/developer/…` with details. Any method, over real HTTP.
 */
export async function startPages(): Promise<PagesServer> {
  const app = express();
  const requests: string[] = [];
  app.disable('x-powered-by');
  app.use((request, _response, next) => {
    requests.push(request.originalUrl);
    next();
  });
  const unused = (): Promise<never> => Promise.reject(new Error('not used'));
  const interaction = msalInteraction({
    client: { getAuthCodeUrl: unused, acquireTokenByCode: unused },
    baseUrl: 'http://localhost:3000',
    secret: 'a test secret of more than thirty-two characters',
    onSignedIn: () => undefined,
    adminConsent: { clientId: '11111111-2222-4333-8444-555555555555', tenant: 'contoso.example' },
  });
  const variants: Readonly<Record<string, AadErrorHandlerOptions>> = {
    plain: {},
    branded: { branding: { ...branding, logoUrl: '/logo.svg', accentColor: '#a4262c' }, interaction },
    signin: { interaction },
    developer: { exposeDetails: true },
  };
  app.get('/logo.svg', (_request, response) => {
    response
      .type('image/svg+xml')
      .send('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18"/></svg>');
  });
  app.get('/app', (_request, response) => {
    response.type('html').send(scriptPage);
  });
  app.get('/', (_request, response) => {
    response.type('html').send('<!doctype html><html lang="en"><title>start</title><h1>Start page</h1>');
  });
  // The route that sealed tickets lead to, in place of a whole sign-in.
  app.get('/auth/challenge', (_request, response) => {
    response.type('html').send('<!doctype html><html lang="en"><title>sign-in</title><h1>Sign-in starts here</h1>');
  });
  for (const [variant, options] of Object.entries(variants)) {
    app.use(`/${variant}/:situation`, (request, _response, next) => {
      next(bySituation.get(request.params.situation));
    });
    app.use(
      `/${variant}`,
      aadErrorHandler({
        exposeDetails: false,
        timeZone: 'Europe/Amsterdam',
        ...options,
      }) as express.ErrorRequestHandler,
    );
  }
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

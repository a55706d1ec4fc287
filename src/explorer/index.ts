/** Door of explorer/: a request of the explorer -> the whole answer. Pure; loaded by the first request. */
import { createHash } from 'node:crypto';
import { noSniff, noStore } from '../respond/index.js';
import type { ResponseSpec } from '../types.js';
import { homePage } from './home.js';
import { documentOf } from './layout.js';
import { readRequest } from './request.js';
import { resultPage, resultTitle } from './result.js';
import { stylesheet } from './stylesheet.js';
import { readView, type ExplorerSetup } from './view.js';

export type { ExplorerSetup } from './view.js';

const ownStyle = `sha256-${createHash('sha256').update(stylesheet).digest('base64')}`;

/**
 * The page for a request, or for a form that could not be read.
 *
 * @param problem status and sentence in place of a result: the form was too large or came from another site
 */
export function explore(
  parameters: ReadonlyMap<string, string>,
  setup: ExplorerSetup,
  problem?: { readonly status: number; readonly sentence: string },
): ResponseSpec {
  const request = readRequest(parameters);
  const view = problem === undefined ? readView(request, setup) : undefined;
  if (view !== undefined)
    return page(
      200,
      documentOf(`${resultTitle(view)} - Error explorer`, resultPage(view, setup.locales), false),
      setup,
    );
  const asked = request.entry ?? request.example ?? request.again;
  const notice =
    problem?.sentence ??
    (asked === undefined ? undefined : 'There is no such entry, or the form is too old: paste the text again.');
  const status = problem?.status ?? (asked === undefined ? 200 : 404);
  return page(status, documentOf('Error explorer', homePage(request, setup.takesToken, notice), true), setup);
}

function page(status: number, body: string, { settings }: ExplorerSetup): ResponseSpec {
  return {
    status,
    headers: {
      'cache-control': noStore,
      'x-content-type-options': noSniff,
      'content-type': 'text/html; charset=utf-8',
      'content-language': 'en',
      'content-security-policy': securityPolicy(settings.pageSecurityPolicy),
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    },
    body,
  };
}

/**
 * No script, nothing loaded, not framed. The previewed page is a srcdoc frame, which is held to this policy: so the
 * hash of its stylesheet and the origin of the application's logo are allowed as well.
 */
function securityPolicy(previewPolicy: string): string {
  const styles = [`'${ownStyle}'`, ...(previewPolicy.match(/'sha256-[A-Za-z0-9+/=]{44}'/g) ?? [])].join(' ');
  const images = /; (img-src [^;]{1,300})/.exec(previewPolicy)?.[1]; // accepts "; img-src 'self'"
  return `default-src 'none'; style-src ${styles}; ${images === undefined ? '' : `${images}; `}base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
}

import {
  clearCookies,
  createSealer,
  noteReturnTo,
  toLocalUrl,
  type CookieSettings,
  type Sealer,
} from '../../interaction/index.js';
import { normalize, type NormalizeContext } from '../../normalize/index.js';
import { redirectTo } from '../../respond/index.js';
import type { AadError } from '../../types.js';
import type { Next, RequestIn, ResponseOut } from '../types.js';
import { writeResponse } from '../write.js';
import type { InteractionPaths, InteractionSettings } from './options.js';

/** One route of msalInteraction. */
export type Route = (request: RequestIn, response: ResponseOut, next: Next) => Promise<void> | void;

/** What all routes share: settings and what is made of them once, at start-up. */
export interface InteractionContext {
  readonly settings: InteractionSettings;
  readonly sealer: Sealer;
  readonly cookies: CookieSettings;
  /** The cookie of a sign-in must come along with a POST from Entra. */
  readonly crossSite: boolean;
  readonly redirectUri: string;
  readonly paths: InteractionPaths;
}

export function createContext(settings: InteractionSettings): InteractionContext {
  const { origin, paths, responseMode, secrets } = settings;
  return {
    settings,
    sealer: createSealer(secrets),
    cookies: { secure: origin.startsWith('https:') },
    crossSite: responseMode === 'form_post',
    redirectUri: origin + paths.redirect,
    paths,
  };
}

/** Where a `return_to` leads; never back into these routes, where the way would start over. */
export function readReturnTo({ paths, settings }: InteractionContext, text: string | undefined): string | undefined {
  const local = toLocalUrl(text, settings.origin);
  const isOwnRoute = local !== undefined && Object.values(paths).includes(local.split(/[?#]/, 1)[0] ?? '');
  return isOwnRoute ? undefined : local;
}

/** `Set-Cookie` values that delete a SameSite=Lax cookie of ours. */
export function cleared({ cookies }: InteractionContext, request: RequestIn, name: string): string[] {
  return clearCookies(request.headers.cookie, name, cookies);
}

export function appendCookies(response: ResponseOut, cookiesToSet: readonly string[]): void {
  for (const cookie of cookiesToSet) response.appendHeader('set-cookie', cookie);
}

export function send(response: ResponseOut, url: string, cookiesToSet: readonly string[]): void {
  writeResponse(response, redirectTo(url), cookiesToSet, false);
}

/**
 * What the client threw, as an error of the identity platform or MSAL. undefined when nothing proves that it is one: a
 * token cache that is down (ECONNREFUSED) or somebody else's 429 goes on as the very value that was thrown.
 */
export function identityErrorOf(thrown: unknown, context: NormalizeContext): AadError | undefined {
  const error = normalize(thrown, context);
  return error?.unconfirmed === true ? undefined : error;
}

/** An error for `next` whose page links to where the sign-in was meant to end. */
export function withReturnTo(error: object, returnTo: string): object {
  noteReturnTo(error, returnTo);
  return error;
}

/** false when the browser says that this is no navigation: a script or an image is never sent to a sign-in page. */
export function isNavigation({ headers }: RequestIn): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined || mode === 'navigate';
}

/** Headers by which browsers, today's and older ones, say that nobody has asked for this page yet. */
const prefetchHeaders = ['sec-purpose', 'purpose', 'x-moz'] as const;

/** A page that the browser fetches in advance, because somebody may click its link. */
export function isPrefetch({ headers }: RequestIn): boolean {
  return prefetchHeaders.some((name) => headers[name]?.includes('prefetch') === true);
}

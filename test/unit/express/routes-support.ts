import { msalInteraction, type MsalInteraction, type MsalInteractionOptions } from '../../../src/index.js';
import type { AuthorizationCodeRequest, AuthorizationUrlRequest } from '../../../src/express/index.js';
import { requestOf, responseOf, type RequestParts } from './support.js';

export const secret = 'a test secret of more than thirty-two characters';
export const origin = 'https://app.contoso.test';
export const nowMs = Date.UTC(2026, 10, 3, 12);

export interface Answer {
  /** What `next` was called with; absent when the route answered. */
  readonly next?: readonly unknown[];
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Site {
  readonly auth: MsalInteraction;
  /** What MSAL was asked for. */
  readonly urls: AuthorizationUrlRequest[];
  readonly redeemed: (readonly [AuthorizationCodeRequest, Record<string, string> | undefined])[];
  readonly signedIn: unknown[];
  /** The browser's cookies. */
  readonly jar: Map<string, string>;
  /** Milliseconds since the start. */
  advance(byMs: number): void;
  go(url: string, parts?: Partial<RequestParts>): Promise<Answer>;
  /** Goes to the sign-in and gives the `state` of it. */
  begin(query?: string): Promise<string>;
}

/** msalInteraction on a client that notes what it is asked for, and one browser with its cookies. */
export function siteOf(
  options: Partial<MsalInteractionOptions> = {},
  redeem: (request: AuthorizationCodeRequest) => unknown = () => ({ account: { username: 'ada@contoso.test' } }),
): Site {
  const urls: AuthorizationUrlRequest[] = [];
  const redeemed: [AuthorizationCodeRequest, Record<string, string> | undefined][] = [];
  const signedIn: unknown[] = [];
  const jar = new Map<string, string>();
  let passedMs = 0;
  const auth = msalInteraction({
    client: {
      getAuthCodeUrl: (request) => {
        urls.push(request);
        return Promise.resolve(`https://login.microsoftonline.com/x/authorize?n=${urls.length}`);
      },
      acquireTokenByCode: async (request, response) => {
        redeemed.push([request, response]);
        return redeem(request);
      },
    },
    baseUrl: origin,
    secret,
    onSignedIn: (_request, _response, result) => void signedIn.push(result),
    now: () => nowMs + passedMs,
    ...options,
  });
  const go: Site['go'] = async (url, parts = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const request = requestOf({
      url,
      ...parts,
      headers: { ...(cookie !== '' && { cookie }), ...parts.headers },
      more: { originalUrl: url, ...parts.more },
    });
    const { response } = responseOf(request);
    const next = await new Promise<readonly unknown[] | undefined>((resolve) => {
      response.once('finish', () => {
        resolve(undefined);
      });
      auth.router(request, response, (...args) => {
        resolve(args);
      });
    });
    const setCookies = [response.getHeader('set-cookie') ?? []].flat() as string[];
    for (const cookieText of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookieText) ?? [];
      if (cookieText.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, value);
    }
    return {
      ...(next !== undefined && { next }),
      status: response.statusCode,
      location: response.getHeader('location') as string | undefined,
      setCookies,
      headers: { ...response.getHeaders() },
    };
  };
  return {
    auth,
    urls,
    redeemed,
    signedIn,
    jar,
    advance: (byMs) => (passedMs += byMs),
    go,
    begin: async (query = '') => {
      await go(`/auth/sign-in${query}`);
      return urls.at(-1)!.state;
    },
  };
}

/** Requests and thrown values for whole answers, and what a page may be made of. */
import fc from 'fast-check';
import { createPlanner, createSealer } from '../../src/interaction/index.js';
import { localeTags } from '../../src/catalog/index.js';
import { createSettings } from '../../src/options.js';
import { answer, type Answer, type RequestLike } from '../../src/responder.js';
import type { DecideContext } from '../../src/types.js';

export const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);
/** Stands in every hostile text of an error; must not come out anywhere. */
export const marker = 'zqmarkerzq';
/** Stands in hostile requests: their own path may come back to who sent it, as the place to try again. */
export const requestMarker = 'zqrequestzq';

export const settings = createSettings('test', { timeZone: 'UTC', exposeDetails: false }, 'production');
const planner = createPlanner({
  sealer: createSealer(['a secret of the properties with more than thirty-two characters']),
  cookies: { secure: true },
  startPath: '/auth/challenge',
  signInPath: '/auth/login',
  adminConsentUrl: '/auth/admin-consent',
  countHere: false,
});

/** One answer, with sign-in configured or without. */
export function answerTo(
  thrown: unknown,
  request: RequestLike,
  { withSignIn, ...context }: DecideContext & { readonly withSignIn: boolean },
): Answer | undefined {
  return answer(thrown, request, settings, { ...context, planner: withSignIn ? planner : undefined, nowMs });
}

const hostile = fc.constantFrom(
  `"'><img src=x onerror=alert('${marker}')>`,
  `</title></style></pre><script>${marker}</script>`,
  `<!--${marker}--><svg/onload=${marker}>`,
  `\u202e${marker}\u0000\ud800`,
  `javascript:${marker}//`,
  `"\r\nset-cookie: ${marker}=1`,
  `\\${marker}\\`,
  `&lt;${marker}&#60;`,
  `{{${marker}}}\${${marker}}%3c${marker}%3e`,
);
const pieces = fc.oneof(hostile, fc.string({ maxLength: 8 }), fc.constantFrom(' ', '"', '<', '>', '&', "'", '\n', '`'));
/** A text from outside. Each holds the marker. */
export const hostileText = fc
  .tuple(fc.array(pieces, { maxLength: 4 }), hostile, fc.array(pieces, { maxLength: 3 }))
  .map((parts) => parts.flat().join(''));

const hostilePath = hostileText.map((text) => text.replaceAll(marker, requestMarker));

const languages = fc.oneof(
  fc.constantFrom(...localeTags, 'xx', '*', '', 'nl-BE,nl;q=0.9,en;q=0.1'),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
);
const path = fc.oneof(
  fc.constantFrom('/', '/mail?folder=1', '/a//b', '//evil.test/', '/?aad_reload=2', '/?aad_reload=x', '*', '/é'),
  fc.webPath(),
  fc.tuple(fc.webPath(), fc.webQueryParameters()).map((parts) => parts.join('?')),
  hostilePath.map((text) => `/${encodeURI(text.replace(/\p{Cs}/gu, ''))}`),
  hostilePath.map((text) => `/${text}`),
);

/** What Node hands to an application: any path, any method, any value of the headers that are looked at. */
const requestOf = (headers: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<RequestLike> =>
  fc
    .record({
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'DELETE'),
      url: path,
      headers,
      languages,
      more: fc.record(
        {
          cookie: fc.oneof(hostilePath, fc.constantFrom('aad-brake=x', 'a=1')),
          referer: fc.oneof(fc.webUrl(), hostilePath),
          'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none'),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ headers: asked, languages: accepted, more, ...rest }) => ({
      ...rest,
      headers: { ...asked, 'accept-language': accepted, ...more },
    }));

export const pageRequest = requestOf(
  fc.constantFrom(
    { accept: 'text/html' },
    { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ),
);
export const problemRequest = requestOf(
  fc.constantFrom<Record<string, string>>(
    { accept: 'application/json' },
    { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' },
    { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' },
  ),
);

/** Errors of every action, with a hostile text in each field that holds text. */
export const hostileError = fc
  .record({
    code: fc.constantFrom(50076, 50079, 50105, 50057, 53003, 65001, 65004, 90033, 90094, 700082, 7000215, 98765432),
    oauthError: fc.constantFrom('invalid_grant', 'interaction_required', 'access_denied', 'temporarily_unavailable'),
    // The bare word has the shape of a registered name, which the other texts have not.
    text: fc.oneof({ weight: 4, arbitrary: hostileText }, { weight: 1, arbitrary: fc.constant(marker) }),
    shape: fc.nat(5),
    withClaims: fc.boolean(),
  })
  .map(({ code, oauthError, text, shape, withClaims }): unknown => {
    const description = `AADSTS${String(code)}: ${text}`;
    const claims = withClaims ? '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' : text;
    const body = {
      error: oauthError,
      error_description: description,
      error_codes: [code],
      claims,
      ...{ suberror: text, error_uri: text, trace_id: text, correlation_id: text, timestamp: text, state: text },
    };
    const shapes: readonly (() => unknown)[] = [
      () => body,
      () =>
        Object.assign(new Error(text), {
          name: 'ServerError',
          errorCode: oauthError,
          errorMessage: description,
          errorNo: String(code),
          subError: text,
          correlationId: text,
          claims,
        }),
      () => ({
        status: 400,
        headers: { 'retry-after': text, 'www-authenticate': `Bearer error="${text}"` },
        data: body,
      }),
      () => ({ query: body }),
      () => new Error(text, { cause: body }),
      () => ({
        error: { code: 'InvalidAuthenticationToken', message: description, innerError: { 'request-id': text } },
        status: 401,
      }),
    ];
    return shapes[shape]?.();
  });

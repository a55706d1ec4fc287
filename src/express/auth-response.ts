import { normalize } from '../normalize/index.js';
import { checkOptions, type OptionNames } from '../options.js';
import { callbackParameters } from './form-body.js';
import { isResponse, peekForm } from './peek-form.js';
import { strangeCallback } from './status-note.js';
import type { AppFunction, AppRequest, Handler } from './types.js';

/** Options of {@link aadAuthResponse}. */
export interface AadAuthResponseOptions {
  /**
   * Whether `state` belongs to a sign-in of this application. An error with a foreign state becomes a 400 page without code
   * or text; so does a check that takes longer than a second.
   * @defaultValue none: any error is believed
   */
  readonly checkState?: AppFunction<[request: AppRequest, state: string | undefined], boolean | Promise<boolean>>;
}

const optionNames = { checkState: 'function' } as const satisfies Record<
  keyof AadAuthResponseOptions,
  OptionNames[string]
>;

/** Longest a checkState of the application may take; then the state counts as foreign. */
const checkTimeoutMs = 1_000;

async function inTime(check: boolean | Promise<boolean>): Promise<boolean> {
  if (typeof check === 'boolean') return check;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, checkTimeoutMs, false);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Turns an authorization error response on the application's own redirect URI (`?error=…` or a form_post) into
 * `next(AadError)`; every other request passes, and its body stays for the application's own parser. Mount it before the
 * handler of the redirect URI. A code that came by form_post stands in `req.body`, where no parser has put it there.
 *
 * By query, an error that asks for another sign-in starts it where `interaction` is set. By form_post it is a page with a
 * button: the POST comes from Entra's origin, so the browser leaves out cookies that are `SameSite=Lax`, the loop brake
 * among them, and nothing could end a loop of sign-ins. msalInteraction has no such limit.
 *
 * A code passes, so what Entra says when it is redeemed is in the application's hands. Reload and back button bring
 * AADSTS54005 (redeemed already); whoever has a session by then can go on. An expired code (70008) never brought a
 * session: leave it to the error handler, which signs in again.
 *
 * @example
 * ```ts
 * app.get('/redirect', aadAuthResponse(), async (req, res) => {
 *   try {
 *     const { account } = await client.acquireTokenByCode({ code: req.query.code, scopes, redirectUri });
 *     req.session.account = account;
 *   } catch (error) {
 *     const isRedeemed = normalizeAadError(error)?.aadstsCodes.includes(54005) === true;
 *     if (!isRedeemed || req.session.account === undefined) throw error;
 *   }
 *   res.redirect('/');
 * });
 * ```
 * @see RFC 6749 section 4.1.2.1
 */
export function aadAuthResponse(options: AadAuthResponseOptions = {}): Handler {
  checkOptions('aadAuthResponse', options, optionNames);
  const { checkState } = options;
  return function aadAuthResponseMiddleware(request, response, next) {
    const run = async (): Promise<unknown> => {
      const form = { isRead: false };
      const parameters = await callbackParameters(request, (unread) => {
        form.isRead = true;
        return peekForm(unread, response);
      });
      // The form was read here: the application's handler finds it where a body parser would have put it. Any other form
      // is none of our business, and a parser behind us gets this one too, with its repeated fields.
      if (form.isRead && isResponse((name) => parameters.has(name))) request.body = Object.fromEntries(parameters);
      if (!parameters.has('error')) return undefined;
      const error = normalize(Object.fromEntries(parameters), {
        origin: 'authorization-response',
        flow: 'authorization-code',
      });
      if (error === undefined || checkState === undefined) return error;
      return (await inTime(checkState(request as AppRequest, parameters.get('state')))) ? error : strangeCallback();
    };
    run().then(
      (error) => {
        next(error);
      },
      (error: unknown) => {
        // Nothing, or a word that Express takes for a signal, would let the request pass as if it held no error.
        next(typeof error === 'object' && error !== null ? error : strangeCallback());
      },
    );
  };
}

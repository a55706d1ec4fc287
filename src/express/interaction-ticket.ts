import { countTicketUse, createSealer, openTicket } from '../interaction/index.js';
import { badValue, checkOptions, type OptionNames } from '../options.js';
import type { InteractionRequest } from '../types.js';
import { requireSecrets } from './secrets.js';
import type { RequestIn, ResponseOut } from './types.js';

/** Options of {@link readInteractionTicket}; the same values as given to aadErrorHandler. */
export interface InteractionTicketOptions {
  /** The `secret` of aadErrorHandler: random text of at least 32 characters, or a list of them (the first seals, all open). */
  readonly secret: string | readonly string[];
  /** The `secureCookies` of aadErrorHandler. @defaultValue true when `NODE_ENV` is `production` */
  readonly secureCookies?: boolean;
}

const optionNames = { secret: 'any', secureCookies: 'boolean' } as const satisfies Record<
  keyof InteractionTicketOptions,
  OptionNames[string]
>;
const call = 'readInteractionTicket';

/**
 * What the sign-in of this request is for, once: for applications with their own sign-in, where aadErrorHandler has
 * `interaction: '/login'`.
 *
 * Put `claims`, `scopes`, `prompt` and the hints into the authorization request and go to `returnTo` afterwards. The
 * ticket comes as query parameter `ticket`; the answer deletes its cookie, so a second visit gets undefined.
 *
 * The loop brake has counted the redirect that brought the ticket (a script's ticket counts when it is read here): the
 * third time the same page fails for the same reason within five minutes there is a page instead.
 *
 * @returns undefined without a ticket, and for one that is forged, expired, used or of another browser: sign in as usual
 *
 * @example
 * ```ts
 * app.get('/login', (req, res) => {
 *   const wanted = readInteractionTicket(req, { secret });
 *   return res.oidc.login({
 *     returnTo: wanted?.returnTo ?? '/',
 *     // A member that is undefined would be sent as the text "undefined".
 *     authorizationParams: {
 *       ...(wanted?.claims && { claims: wanted.claims }),
 *       ...(wanted?.prompt && { prompt: wanted.prompt }),
 *     },
 *   });
 * });
 * ```
 * @throws AadOptionsError when an option is wrong or `secret` is missing, whether or not there is a ticket
 */
export function readInteractionTicket(
  request: RequestIn & { readonly res?: ResponseOut | undefined },
  options: InteractionTicketOptions,
): InteractionRequest | undefined {
  checkOptions(call, options, optionNames);
  // Before the ticket is looked for, so that the first visit tells the mistake, not the first challenge.
  const secrets = requireSecrets(call, options, 'Pass the secret of aadErrorHandler, which sealed the ticket.');
  const secure = options.secureCookies ?? process.env['NODE_ENV'] === 'production';
  const url = request.originalUrl ?? request.url ?? '';
  const question = url.indexOf('?');
  const text = question < 0 ? undefined : new URLSearchParams(url.slice(question)).get('ticket');
  if (text === undefined || text === null) return undefined;
  const { res: response } = request;
  if (response === undefined)
    throw badValue(call, 'request', "must be Express's request: the ticket is ended on its response.");
  const sealer = createSealer(secrets);
  const [cookies, nowMs] = [{ secure }, Date.now()];
  const opened = openTicket(sealer, text, request.headers.cookie, nowMs, cookies);
  if (opened === undefined || opened === 'cookie' || response.headersSent) return undefined;
  const counted = countTicketUse(sealer, cookies, opened, request.headers.cookie, nowMs);
  for (const cookie of [...opened.setCookies, ...counted]) response.appendHeader('set-cookie', cookie);
  return opened.request;
}

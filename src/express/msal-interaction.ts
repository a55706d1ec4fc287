import { createPlanner, plannerKey } from '../interaction/index.js';
import { acquireToken } from './interaction/acquire-token.js';
import { adminConsentReturnRoute, adminConsentRoute } from './interaction/admin-consent-routes.js';
import { createContext, type InteractionContext, type Route } from './interaction/context.js';
import type { MsalClient, TokenOf, TokenRequest } from './interaction/msal-client.js';
import { readInteractionOptions, type MsalInteractionOptions } from './interaction/options.js';
import { redirectRoute } from './interaction/redirect-route.js';
import { challengeRoute, signInRoute, signOutRoute } from './interaction/sign-in-routes.js';
import { failure } from './pass-on.js';
import type { Handler, RequestIn } from './types.js';

export { TokenRequestError } from './interaction/acquire-token.js';
export type {
  AccountLike,
  AuthorizationCodeAnswer,
  AuthorizationCodeRequest,
  AuthorizationUrlRequest,
  MsalClient,
  SilentTokenRequest,
  ResultOf,
  TokenOf,
  TokenRequest,
} from './interaction/msal-client.js';
export type { MsalInteractionOptions } from './interaction/options.js';

/** What {@link msalInteraction} gives: mount `router`, pass the whole to `aadErrorHandler({ interaction })`. */
export interface MsalInteraction<Token = unknown> {
  readonly router: Handler;
  /**
   * A token for the account of `getAccount`, by MSAL's acquireTokenSilent. A failure says which scopes were asked for, so
   * that the consent or sign-in it leads to asks for these; MSAL's own errors do not.
   *
   * @example
   * ```ts
   * const { accessToken } = await auth.acquireToken(req, { scopes: ['Mail.Read'] });
   * ```
   * @throws TokenRequestError when the identity platform or MSAL refuses; what getAccount throws, as it is
   */
  readonly acquireToken: (request: RequestIn, tokenRequest: TokenRequest) => Promise<Token>;
  /** Paths of the routes, for links. */
  readonly paths: {
    readonly signIn: string;
    readonly signOut: string;
    readonly redirect: string;
    readonly adminConsent: string;
  };
}

/**
 * The routes that finish a sign-in on a real ConfidentialClientApplication: sign-in, challenge, redirect URI, sign-out
 * and admin consent. State lives in sealed cookies, so any instance behind a load balancer can finish what another began.
 *
 * @example
 * ```ts
 * const auth = msalInteraction({ client, baseUrl, secret, onSignedIn: (req, _res, result) => saveAccount(req, result) });
 * app.use(auth.router);
 * app.use(aadErrorHandler({ interaction: auth }));
 * ```
 * @throws AadOptionsError at start-up, with the option's name and the fix
 */
export function msalInteraction<Client extends MsalClient>(
  options: MsalInteractionOptions<Client>,
): MsalInteraction<TokenOf<Client>> {
  const context = createContext(readInteractionOptions(options));
  const { cookies, paths, sealer, settings } = context;
  const planner = createPlanner({
    sealer,
    cookies,
    startPath: paths.challenge,
    signInPath: paths.signIn,
    adminConsentUrl: settings.adminConsent === undefined ? undefined : settings.origin + paths.adminConsent,
    countHere: false,
  });
  const interaction: MsalInteraction<TokenOf<Client>> & { readonly [plannerKey]: typeof planner } = {
    router: routerOf(context),
    acquireToken: (request, tokenRequest) => acquireToken(settings, request, tokenRequest) as Promise<TokenOf<Client>>,
    paths: { signIn: paths.signIn, signOut: paths.signOut, redirect: paths.redirect, adminConsent: paths.adminConsent },
    [plannerKey]: planner,
  };
  return Object.freeze(interaction);
}

function routerOf(context: InteractionContext): Handler {
  const { paths } = context;
  const [redirect, signOut] = [redirectRoute(context), signOutRoute(context)];
  const routes = new Map<string, Route>([
    [`GET ${paths.signIn}`, signInRoute(context)],
    [`GET ${paths.challenge}`, challengeRoute(context)],
    [`GET ${paths.redirect}`, redirect],
    [`POST ${paths.redirect}`, redirect],
    [`GET ${paths.signOut}`, signOut],
    [`POST ${paths.signOut}`, signOut],
    [`GET ${paths.adminConsent}`, adminConsentRoute(context)],
    [`GET ${paths.adminConsentReturn}`, adminConsentReturnRoute(context)],
  ]);
  return function aadInteractionRouter(request, response, next) {
    const url = request.originalUrl ?? request.url ?? '/';
    const question = url.indexOf('?');
    const route = routes.get(`${request.method ?? 'GET'} ${question < 0 ? url : url.slice(0, question)}`);
    if (route === undefined) {
      next();
      return;
    }
    Promise.resolve(route(request, response, next)).catch((error: unknown) => {
      next(failure(error, 'a route of the sign-in failed without a reason'));
    });
  };
}

import { randomInt } from 'node:crypto';
import { json, page, type EntraAnswer, type EntraRequest } from './http.js';
import { devicePage, messagePage } from './pages.js';
import { tokenErrorResponse } from './responses.js';
import { splitScopes } from './scopes.js';
import type { EntraState } from './state.js';
import { findUser } from './users.js';

const lifetimeSeconds = 900;
/** Without letters that look like digits. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';

const newUserCode = (): string => Array.from({ length: 9 }, () => alphabet[randomInt(alphabet.length)]).join('');

/** POST /devicecode (RFC 8628 section 3.2). With `autoApprove` the default user has already said yes. @internal */
export function deviceAuthorization(state: EntraState, http: EntraRequest): EntraAnswer {
  const { settings } = state;
  const clientId = http.form['client_id'] ?? '';
  if (!settings.clients.some((client) => client.clientId === clientId)) {
    return tokenErrorResponse(700016, { now: settings.now, status: 400 });
  }
  const deviceCode = state.secret('device');
  const userCode = newUserCode();
  const user = findUser(settings.users, settings.defaultUser);
  state.deviceCodes.set(deviceCode, {
    userCode,
    clientId,
    scopes: splitScopes(http.form['scope']),
    expiresAtMs: settings.now() + lifetimeSeconds * 1000,
    outcome: settings.autoApprove && user !== undefined ? state.newSession(user) : 'pending',
  });
  const verificationUri = `${state.url}/common/oauth2/deviceauth`;
  return json({
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: lifetimeSeconds,
    interval: settings.deviceCodeIntervalSeconds,
    message: `Open ${verificationUri} and enter the code ${userCode}.`,
  });
}

/**
 * Ends the wait for a user code: signs the user in, or declines when no user is given.
 *
 * @returns false when the code or the user is unknown
 * @internal
 */
export function completeDeviceCode(state: EntraState, userCode: string, userName: string | undefined): boolean {
  const device = [...state.deviceCodes.values()].find((entry) => entry.userCode === userCode.trim().toUpperCase());
  const user = findUser(state.settings.users, userName);
  if (device === undefined || (userName !== undefined && user === undefined)) return false;
  device.outcome = user === undefined ? 'declined' : state.newSession(user);
  return true;
}

/** GET /common/oauth2/deviceauth. @internal */
export function devicePrompt(state: EntraState, http: EntraRequest): EntraAnswer {
  return page(devicePage(http.query['user_code'] ?? '', state.settings.users));
}

/** The buttons of that page. @internal */
export function decideDevice(state: EntraState, http: EntraRequest): EntraAnswer {
  const done = completeDeviceCode(state, http.form['user_code'] ?? '', http.form['user']);
  return done
    ? page(messagePage('Done', 'You may close this page.'))
    : page(messagePage('Unknown code', 'Check the code and try again.'), 400);
}

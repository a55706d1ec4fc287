import { parseClaims } from './claims.js';
import { clientCredentials, onBehalfOf, password, redeemCode, redeemDeviceCode, refresh } from './grants.js';
import type { EntraAnswer, EntraRequest } from './http.js';
import type { CallFacts } from './plans.js';
import { splitScopes } from './scopes.js';
import type { EntraState } from './state.js';
import { fail, type Call } from './token-call.js';

/** Flow of a token request by its grant_type. */
const flowOfGrant = new Map<string, CallFacts['flow']>([
  ['authorization_code', 'authorization-code'],
  ['refresh_token', 'silent'],
  ['client_credentials', 'client-credentials'],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'on-behalf-of'],
  ['urn:ietf:params:oauth:grant-type:device_code', 'device-code'],
  ['device_code', 'device-code'],
  ['password', 'password'],
]);

type Form = EntraRequest['form'];

/** Payload of a JWT without any check; only to find out whom a plan is about. */
function peekUser(token: string | undefined): string | undefined {
  const payload = parseClaims(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const name = payload?.['preferred_username'];
  return typeof name === 'string' ? name : undefined;
}

/** What plans may ask about a token request. @internal */
export function tokenFacts(state: EntraState, form: Form): CallFacts {
  const device = state.deviceCodes.get(form['device_code'] ?? '');
  const grant = state.codes.get(form['code'] ?? '') ?? state.refreshTokens.get(form['refresh_token'] ?? '');
  const approved = device === undefined || typeof device.outcome === 'string' ? undefined : device.outcome;
  const scopes = splitScopes(form['scope']);
  return {
    flow: flowOfGrant.get(form['grant_type'] ?? '') ?? 'authorization-code',
    user: (grant?.session ?? approved)?.user.userName ?? form['username'] ?? peekUser(form['assertion']),
    scopes: scopes.length > 0 ? scopes : (grant?.scopes ?? []),
  };
}

/** client_id and client_secret from the form or from HTTP Basic (RFC 6749 section 2.3.1). */
function credentials(http: EntraRequest): { readonly clientId: string; readonly secret: string | undefined } {
  const basic = /^Basic ([\w+/=]+)$/i.exec(http.headers['authorization'] ?? ''); // accepts "Basic YTpi", refuses "Bearer x"
  if (basic === null) return { clientId: http.form['client_id'] ?? '', secret: http.form['client_secret'] };
  const [id = '', secret = ''] = Buffer.from(basic[1] ?? '', 'base64')
    .toString('utf8')
    .split(':', 2);
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? '';
  return { clientId: decode(id), secret: decode(secret) };
}

/** Flows that public clients, which have no secret, may use. */
function mayBePublic(call: Call): boolean {
  const { form, state } = call;
  if (call.flow === 'device-code' || call.flow === 'password') return true;
  if (call.flow === 'authorization-code') return form['code_verifier'] !== undefined;
  return call.flow === 'silent' && state.refreshTokens.get(form['refresh_token'] ?? '')?.publicClient !== false;
}

function clientFault(call: Call, secret: string | undefined): EntraAnswer | undefined {
  const client = call.state.settings.clients.find(({ clientId }) => clientId === call.clientId);
  if (client === undefined) return fail(call, 700016, { status: 400 });
  if (secret !== undefined) return secret === client.clientSecret ? undefined : fail(call, 7000215);
  if (call.form['client_assertion'] !== undefined || mayBePublic(call)) return undefined;
  return fail(call, 7000218);
}

function throttleFault(call: Call): EntraAnswer | undefined {
  const { throttle, settings } = call.state;
  const leftMs = (throttle?.untilMs ?? 0) - settings.now();
  if (throttle === undefined || leftMs <= 0) return undefined;
  return fail(call, 90055, { status: throttle.status, retryAfterSeconds: Math.ceil(leftMs / 1000) });
}

/** POST /token. @internal */
export async function token(state: EntraState, http: EntraRequest, policy: string | undefined): Promise<EntraAnswer> {
  const { form } = http;
  const { clientId, secret } = credentials(http);
  const flow = flowOfGrant.get(form['grant_type'] ?? '');
  const call: Call = { state, http, form, flow, policy, clientId, claims: parseClaims(form['claims']) };
  const fault = throttleFault(call) ?? (flow === undefined ? fail(call, 70003) : clientFault(call, secret));
  if (fault !== undefined) return fault;
  switch (flow) {
    case 'authorization-code':
      return redeemCode(call, secret === undefined && form['client_assertion'] === undefined);
    case 'silent':
      return refresh(call);
    case 'on-behalf-of':
      return onBehalfOf(call);
    case 'device-code':
      return redeemDeviceCode(call);
    case 'password':
      return password(call);
    default:
      return clientCredentials(call);
  }
}

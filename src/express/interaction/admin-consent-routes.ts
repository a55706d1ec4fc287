import { randomBytes } from 'node:crypto';
import { adminConsentUrl, readAdminConsentResponse } from '../../interaction/index.js';
import { normalize } from '../../normalize/index.js';
import { callbackParameters } from '../form-body.js';
import { strangeCallback } from '../status-note.js';
import type { AppRequest } from '../types.js';
import { send, withReturnTo, type InteractionContext, type Route } from './context.js';

/** An approval may wait for an administrator until the next day. */
const stateSeconds = 86_400;

/** Leads an administrator to Entra's approval page. */
export function adminConsentRoute({ paths, sealer, settings }: InteractionContext): Route {
  const { adminConsent, now, origin } = settings;
  return (_request, response, next) => {
    if (adminConsent === undefined) {
      next();
      return;
    }
    const id = randomBytes(8).toString('base64url');
    const state = sealer.seal('admin-state', { id }, now() + stateSeconds * 1000);
    send(response, adminConsentUrl({ ...adminConsent, redirectUri: origin + paths.adminConsentReturn, state }), []);
  };
}

/** Where the administrator comes back to: home when it was granted, an honest page when not. */
export function adminConsentReturnRoute({ sealer, settings }: InteractionContext): Route {
  const { hooks, now } = settings;
  return async (request, response, next) => {
    const parameters = await callbackParameters(request);
    if (sealer.open('admin-state', parameters.get('state'), now()) === undefined) {
      next(strangeCallback());
      return;
    }
    if (readAdminConsentResponse(parameters) === 'granted') {
      await hooks.onAdminConsent?.(request as AppRequest, response);
      if (!response.headersSent) send(response, '/', []);
      return;
    }
    const sent = normalize(Object.fromEntries(parameters), { origin: 'authorization-response', nowMs: now() });
    next(withReturnTo(sent ?? strangeCallback(), '/'));
  };
}

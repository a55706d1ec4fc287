/** Our handler, with hooks on, or the one with the planted fault; and how the other parts of the library are set up. */
import { specifier } from './library.mjs';
import { withPlant } from './plant.mjs';

export const { aadErrorHandler, createAadResponder, decide, msalInteraction, normalizeAadError } = await import(
  specifier
);

export const interaction = () =>
  msalInteraction({
    client: { getAuthCodeUrl: async () => '', acquireTokenByCode: async () => ({}) },
    baseUrl: 'http://localhost:3000',
    secret: 'a bench secret of more than thirty-two characters',
    onSignedIn: () => undefined,
  });

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const ours = (options = {}) =>
  withPlant(aadErrorHandler({ exposeDetails: false, onDecision: () => undefined, ...options }));

/** Everything on: sign-in with tickets and loop brake, all languages, both hooks and a logger. */
export const oursWithEverything = () =>
  ours({ interaction: interaction(), logger: quiet, onOperatorAlert: () => undefined, telemetry: false });

// A project without Express's and MSAL's declarations: ours must stand alone.
import { aadErrorHandler, msalInteraction, requireAuthContext, type AadErrorHandlerOptions } from 'aad-error-handler';
import {
  createAadResponder,
  decide,
  explain,
  normalizeAadError,
  withAadRetry,
  type Decision,
} from 'aad-error-handler/core';
import { createAadError, createLocalEntra, type LocalEntra } from 'aad-error-handler/testing';
import nl from 'aad-error-handler/locales/nl';

const options: AadErrorHandlerOptions = { locales: ['en', nl], mode: 'web' };
export const handler = aadErrorHandler(options);
export const stepUp = requireAuthContext('c1');
export const auth = msalInteraction({
  client: { getAuthCodeUrl: async () => 'https://login.microsoftonline.com/', acquireTokenByCode: async () => null },
  baseUrl: 'https://app.contoso.example',
  secret: 'invented-secret-of-forty-characters-0123',
  onSignedIn: () => undefined,
});
export const responder = createAadResponder({ defaultLocale: 'en' });
export const title: string = nl.situations['mfa-required']?.title ?? '';

export async function use(): Promise<Decision | undefined> {
  const entra: LocalEntra = await createLocalEntra();
  await entra.close();
  const error = normalizeAadError(createAadError({ code: 50076 }));
  const text: string = explain(50076).summary;
  await withAadRetry(async () => text.length);
  return error && decide(error);
}

// @ts-expect-error an option that does not exist
aadErrorHandler({ language: 'nl' });
// @ts-expect-error a language that the package does not have
import('aad-error-handler/locales/xx');

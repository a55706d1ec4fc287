// The same entries as CommonJS sees them.
import nl = require('aad-error-handler/locales/nl');
import library = require('aad-error-handler');
import core = require('aad-error-handler/core');
import testing = require('aad-error-handler/testing');

export const handler: library.ErrorHandler = library.aadErrorHandler({ locales: [nl] });
export const decision: core.Decision | undefined = undefined;
export const entries = [core.decide, testing.createAadError] as const;
// @ts-expect-error an option that does not exist
library.aadErrorHandler({ language: 'nl' });

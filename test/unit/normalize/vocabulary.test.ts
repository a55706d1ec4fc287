import { describe, expect, it } from 'vitest';
import { isClientSideName, isMsalName } from '../../../src/normalize/vocabulary.js';

describe("MSAL's classes", () => {
  it.each([
    'ClientAuthError', 'ClientConfigurationError', 'NodeAuthError', 'ManagedIdentityError', 'JoseHeaderError', 'PlatformBrokerError',
    'CacheError', 'BrowserAuthError', 'BrowserConfigurationAuthError',
  ])('%s is thrown by the library itself', (name) => { 
    expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([true, true]);
  }); // prettier-ignore

  it.each(['AuthError', 'InteractionRequiredAuthError', 'ServerError', 'NetworkError'])(
    '%s may hold an answer of the server',
    (name) => {
      expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([true, false]);
    },
  );

  it.each([undefined, '', 'Error', 'TypeError', 'constructor', 'servererror'])('%j is none', (name) => {
    expect([isMsalName(name), isClientSideName(name)]).toStrictEqual([false, false]);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aadAuthResponse,
  aadErrorHandler,
  AadOptionsError,
  createAadResponder,
  msalInteraction,
  type AadErrorHandlerOptions,
} from '../../src/index.js';
import { aadActions, localeTags } from '../../src/catalog/index.js';
import { checkOptions, createSettings, respondOptionNames, type RespondOptions } from '../../src/options.js';

interface Mistake {
  readonly name: string;
  readonly code: string;
  readonly option: string;
  readonly message: string;
}

/** What a start-up mistake looks like to the one who made it; as a plain object, because messages are not enumerable. */
function mistake(run: () => unknown): Mistake {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AadOptionsError);
    const { name, code, option, message } = error as AadOptionsError;
    return { name, code, option, message };
  }
  throw new Error('expected an AadOptionsError');
}

const handler =
  (options: unknown): (() => unknown) =>
  () =>
    aadErrorHandler(options as AadErrorHandlerOptions);
const secret = 'a test secret of more than thirty-two characters';
const interaction = {
  client: { getAuthCodeUrl: () => Promise.resolve(''), acquireTokenByCode: () => Promise.resolve(undefined) },
  baseUrl: 'https://app.contoso.example',
  secret,
  onSignedIn: () => undefined,
};

describe('unknown options', () => {
  test.each([
    ['interactions', 'interaction'],
    ['Interaction', 'interaction'],
    ['exposeDetail', 'exposeDetails'],
    ['onDecison', 'onDecision'],
    ['loger', 'logger'],
    ['default_locale', 'defaultLocale'],
    ['homeURL', 'homeUrl'],
    ['timezone', 'timeZone'],
    ['maxreload', 'maxReloads'],
  ])('%s: did you mean %s?', (name, near) => {
    const error = mistake(handler({ [name]: 1 }));
    expect(error).toMatchObject({
      name: 'AadOptionsError',
      code: 'ERR_AAD_OPTIONS_UNKNOWN',
      option: name,
      message: `aadErrorHandler: unknown option "${name}", did you mean "${near}"? [ERR_AAD_OPTIONS_UNKNOWN]`,
    });
  });

  test('nothing near: all known names are listed', () => {
    const { message } = mistake(handler({ banana: 1 }));
    expect(message).toContain(`; known are ${Object.keys(respondOptionNames).join(', ')}, `);
  });

  test.each([
    ['two letters of four', 'mo', { mode: 'string' }, 'mode'],
    ['two letters of six', 'lo', { logger: 'object' }, undefined],
    ['three letters more', 'xxxmode', { mode: 'string' }, undefined],
    ['of two equally near ones the first', 'ax', { ab: 'string', ac: 'string' }, 'ab'],
  ] as const)('%s: "%s"', (_name, name, names, near) => {
    const { message } = mistake(() => {
      checkOptions('call', { [name]: 1 }, names);
    });
    expect(/did you mean "(.*)"\?/.exec(message)?.[1]).toBe(near);
  });

  test.each([
    ['branding.accentColour', { branding: { accentColour: '#000' } }, 'accentColor'],
    ['branding.links[0].href', { branding: { links: [{ text: 'a', href: '/' }] } }, undefined],
    ['texts.mfa-required.titel', { texts: { 'mfa-required': { titel: 'x' } } }, 'title'],
    ['texts.mfa-required.nl.titel', { texts: { 'mfa-required': { nl: { titel: 'x' } } } }, 'title'],
    ['overrides[0].when', { overrides: [{ when: {} }] }, undefined],
    [
      'overrides[1].match.codes',
      {
        overrides: [
          { match: { code: 50105 }, use: {} },
          { match: { codes: 1 }, use: {} },
        ],
      },
      'code',
    ],
    ['overrides[0].use.situations', { overrides: [{ match: { code: 50105 }, use: { situations: 'x' } }] }, 'situation'],
  ] as const)('%s is named by its path', (path, options, near) => {
    const error = mistake(handler(options));
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_UNKNOWN', path]);
    expect(error.message).toContain(`"${path}"`);
    if (near !== undefined) expect(error.message).toContain(`did you mean "${near}"?`);
  });

  test.each([
    ['aadAuthResponse', () => aadAuthResponse({ checkStates: 1 } as object), 'checkState'],
    ['createAadResponder', () => createAadResponder({ branding: {}, mod: 'web' } as object), 'mode'],
    ['msalInteraction', () => msalInteraction({ ...interaction, redirectUri: '/x' } as object as never), undefined],
    ['msalInteraction', () => msalInteraction({ ...interaction, basepath: '/x' } as never), 'basePath'],
  ])('%s says its own name', (call, run, near) => {
    const error = mistake(run);
    expect(error.code).toBe('ERR_AAD_OPTIONS_UNKNOWN');
    expect(error.message.startsWith(`${call}: `)).toBe(true);
    if (near !== undefined) expect(error.message).toContain(`did you mean "${near}"?`);
  });

  test('names of Object.prototype are unknown too', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty'])
      expect(mistake(handler({ [name]: 'x' })).code).toBe('ERR_AAD_OPTIONS_UNKNOWN');
    expect(mistake(handler(JSON.parse('{"__proto__": 1}'))).option).toBe('__proto__');
  });

  test('a very long name is answered quickly', () => {
    const start = performance.now();
    expect(mistake(handler({ ['x'.repeat(1_000_000)]: 1 })).code).toBe('ERR_AAD_OPTIONS_UNKNOWN');
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('values of the wrong type', () => {
  test.each([
    ['mode', 1, 'string', '1'],
    ['exposeDetails', 'yes', 'boolean', '"yes"'],
    ['homeUrl', null, 'string', 'null'],
    ['branding', 'Contoso', 'object', '"Contoso"'],
    ['branding', [], 'object', 'an array'],
    ['texts', null, 'object', 'null'],
    ['locales', 'en', 'array', '"en"'],
    ['overrides', {}, 'array', 'a value of type object'],
    ['maxReloads', '3', 'number', '"3"'],
    ['delegate', 1, 'boolean', '1'],
    ['onDecision', {}, 'function', 'a value of type object'],
    ['onOperatorAlert', true, 'function', 'true'],
    ['logger', () => undefined, 'object', 'a value of type function'],
    ['logServerText', 0, 'boolean', '0'],
    ['flow', 7, 'string', '7'],
    ['timeZone', 2, 'string', '2'],
  ])('%s: %j', (name, value, type, got) => {
    expect(mistake(handler({ [name]: value }))).toMatchObject({
      code: 'ERR_AAD_OPTIONS_TYPE',
      option: name,
      message: `aadErrorHandler: option "${name}" must be a value of type ${type}, got ${got}. [ERR_AAD_OPTIONS_TYPE]`,
    });
  });

  test.each<[string, object, RegExp]>([
    [
      'a request, because Express calls it',
      { httpVersion: '1.1', headers: {}, url: '/' },
      /write app\.use\(aadErrorHandler\(\)\)/,
    ],
    [
      'what msalInteraction returned',
      { router: () => undefined, paths: {} },
      /write aadErrorHandler\(\{ interaction: auth \}\)/,
    ],
  ])('options that are %s', (_name, options, fix) => {
    const error = mistake(handler(options));
    expect(error).toMatchObject({ code: 'ERR_AAD_OPTIONS_TYPE', option: 'options' });
    expect(error.message).toMatch(fix);
  });

  test.each([[null], ['production'], [42], [[]], [() => undefined]])('options that are %j', (options) => {
    const error = mistake(handler(options));
    expect(error).toMatchObject({ code: 'ERR_AAD_OPTIONS_TYPE', option: 'options' });
    expect(error.message).toMatch(/^aadErrorHandler: the options must be an object, got \S/);
  });

  test.each([
    ['branding.links[0]', { branding: { links: ['/help'] } }],
    ['branding.links[1]', { branding: { links: [{ text: 'a', url: '/' }, null] } }],
    ['branding.applicationName', { branding: { applicationName: 1 } }],
    ['texts.mfa-required', { texts: { 'mfa-required': 'x' } }],
    ['texts.mfa-required', { texts: { 'mfa-required': null } }],
    ['texts.mfa-required', { texts: { 'mfa-required': undefined } }],
    ['texts.mfa-required', { texts: { 'mfa-required': 7 } }],
    ['texts.mfa-required.nl', { texts: { 'mfa-required': { nl: null } } }],
    ['texts.mfa-required.nl', { texts: { 'mfa-required': { en: { title: 'x' }, nl: 'x' } } }],
    ['overrides[0]', { overrides: [null] }],
    ['overrides[0].match', { overrides: [{ match: 1, use: {} }] }],
    ['overrides[0].match.oauthError', { overrides: [{ match: { oauthError: 7 }, use: {} }] }],
    ['overrides[0].match.suberror', { overrides: [{ match: { suberror: 7 }, use: {} }] }],
    ['overrides[0].match.situation', { overrides: [{ match: { situation: 7 }, use: {} }] }],
    ['overrides[0].use.action', { overrides: [{ match: { code: 50105 }, use: { action: 7 } }] }],
    ['overrides[0].use.situation', { overrides: [{ match: { code: 50105 }, use: { situation: 7 } }] }],
    ['overrides[0].use.who', { overrides: [{ match: { code: 50105 }, use: { who: 7 } }] }],
    ['overrides[0].use.prompt', { overrides: [{ match: { code: 50105 }, use: { prompt: 7 } }] }],
    ['overrides[0].use.retryable', { overrides: [{ match: { code: 50105 }, use: { retryable: 'no' } }] }],
  ])('%s is named by its path', (path, options) => {
    expect(mistake(handler(options))).toMatchObject({ code: 'ERR_AAD_OPTIONS_TYPE', option: path });
  });

  test('what must be an object is named by its path, with what it is', () => {
    expect(mistake(handler({ branding: { links: ['/help'] } })).message).toBe(
      'aadErrorHandler: branding.links[0] must be an object, got "/help". [ERR_AAD_OPTIONS_TYPE]',
    );
  });

  test('an option of undefined is an option that was left out', () => {
    const names = Object.keys(respondOptionNames);
    expect(() => {
      checkOptions('call', Object.fromEntries(names.map((name) => [name, undefined])), respondOptionNames);
    }).not.toThrow();
    expect(handler({ interaction: undefined, render: undefined, flow: undefined, secret: undefined })).not.toThrow();
  });

  test('a long text or a secret is not repeated', () => {
    expect(mistake(handler({ delegate: 'x'.repeat(40) })).message).toContain(`got "${'x'.repeat(40)}"`);
    expect(mistake(handler({ delegate: 'x'.repeat(41) })).message).toContain('got a long string');
    const { message } = mistake(handler({ delegate: `s3cret${'x'.repeat(100)}` }));
    expect(message).toContain('got a long string');
    expect(mistake(handler({ interaction: '/login', secret: 'short and secret' })).message).not.toContain('short and');
  });
});

describe('values that cannot work', () => {
  test.each([
    ['mode', 'browser', '"auto", "web" or "api"'],
    ['homeUrl', 'https://evil.example', '"/"'],
    ['homeUrl', '//evil.example', '"/"'],
    ['homeUrl', '', '"/"'],
    ['authority', 'http://login.microsoftonline.com/common', 'https URL'],
    ['authority', 'https://user@login.example', 'https URL'],
    ['authority', 'login.microsoftonline.com', 'https URL'],
    ['authority', 'https://login.example?a=b', 'https URL'],
    ['authority', 'https://login.example/contoso#a', 'https URL'],
    ['authority', 'see https://login.microsoftonline.com/common', 'https URL'],
    ['authority', `https://login.example/${'a'.repeat(2_027)}`, 'https URL'],
    ['maxReloads', -1, '0 to 10'],
    ['maxReloads', 11, '0 to 10'],
    ['maxReloads', 1.5, '0 to 10'],
    ['maxReloads', Number.NaN, '0 to 10'],
    ['timeZone', 'Mars/Olympus', '"Europe/Amsterdam"'],
    ['locales', ['en', 'klingon'], 'klingon'],
    ['locales', [], 'at least one'],
    ['locales', [7], 'built-in locale'],
    ['defaultLocale', 'tlh', 'must be one of'],
    ['interaction', 'https://evil.example/login', '"/login"'],
    ['interaction', 'login', '"/login"'],
    ['interaction', '/login#x', 'without a fragment'],
    ['interaction', '/login?a=b#', 'without a fragment'],
    ['interaction', {}, 'msalInteraction()'],
    ['interaction', { start: '/login' }, 'msalInteraction()'],
    ['interaction', null, 'msalInteraction()'],
    ['interaction', 42, 'msalInteraction()'],
    ['interaction', () => undefined, 'msalInteraction()'],
    ['secret', 'too short', '32 characters'],
    ['secret', ['x'.repeat(32), 'short'], '32 characters'],
    ['secret', [], '32 characters'],
    ['secret', 42, '32 characters'],
    ['secret', null, '32 characters'],
    ['flow', 'implicit', 'authorization-code'],
    ['hasUser', 'yes', 'function'],
    ['hasUser', null, 'function'],
    ['render', '', 'name of a view'],
    ['render', 7, 'name of a view'],
    ['render', null, 'name of a view'],
    ['logger', { info: () => undefined }, 'info, warn and error'],
    ['operatorAlertIntervalSeconds', -1, '0 or more'],
    ['operatorAlertIntervalSeconds', Number.NaN, '0 or more'],
  ] as const)('%s: %j', (option, value, fix) => {
    const error = mistake(handler({ [option]: value }));
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_VALUE', option]);
    expect(error.message).toContain(`aadErrorHandler: option "${option}" `);
    expect(error.message).toContain(fix);
  });

  test.each([
    ['branding.accentColor', { branding: { accentColor: 'blue' } }, '"#0f6cbd"'],
    ['branding.accentColor', { branding: { accentColor: '#12345' } }, '"#0f6cbd"'],
    ['branding.accentColor', { branding: { accentColor: '#fff;}body{display:none' } }, '"#0f6cbd"'],
    ['branding.logoUrl', { branding: { logoUrl: 'http://contoso.example/a.png' } }, 'https URL'],
    ['branding.logoUrl', { branding: { logoUrl: 'javascript:alert(1)' } }, 'https URL'],
    ['branding.logoUrl', { branding: { logoUrl: 'data:image/png;base64,AA' } }, 'https URL'],
    ['branding.logoUrl', { branding: { logoUrl: 'https://a.example; script-src *' } }, 'https URL'],
    ['branding.logoUrl', { branding: { logoUrl: 'https://a.example;script-src/x.png' } }, 'https URL'],
    ['branding.supportUrl', { branding: { supportUrl: 'javascript:alert(1)' } }, 'https URL'],
    ['branding.supportEmail', { branding: { supportEmail: 'no address' } }, 'e-mail'],
    ['branding.supportEmail', { branding: { supportEmail: 'a@b?subject=x&body=y' } }, 'e-mail'],
    ['branding.links', { branding: { links: Array.from({ length: 6 }, () => ({ text: 'a', url: '/' })) } }, '5 links'],
    ['branding.links[0].url', { branding: { links: [{ text: 'a', url: 'javascript:alert(1)' }] } }, 'https URL'],
    ['texts.no-such-situation', { texts: { 'no-such-situation': { title: 'x' } } }, 'no situation'],
    ['texts.mfa-required.xx', { texts: { 'mfa-required': { xx: { title: 'x' } } } }, 'no built-in locale'],
    ['overrides[0].match', { overrides: [{ match: {}, use: { action: 'retry' } }] }, 'must name code'],
    ['overrides[0].match', { overrides: [{ match: { code: undefined }, use: { action: 'retry' } }] }, 'must name code'],
    ['overrides[0].match.code', { overrides: [{ match: { code: 'E50105' }, use: {} }] }, '"AADSTS50076"'],
    ['overrides[0].match.situation', { overrides: [{ match: { situation: 'x' }, use: {} }] }, 'no situation'],
    ['overrides[0].use.situation', { overrides: [{ match: { code: 1234 }, use: { situation: 'x' } }] }, 'no situation'],
    [
      'overrides[0].use.action',
      { overrides: [{ match: { code: 1234 }, use: { action: 'redirect' } }] },
      `must be one of ${aadActions.join(', ')}.`,
    ],
    ['locales', { locales: ['en', 'klingon'] }, `no built-in locale (${localeTags.join(', ')})`],
    ['defaultLocale', { locales: ['en', 'nl'], defaultLocale: 'fr' }, 'must be one of en, nl.'],
    [
      'texts.mfa-required.xx',
      { texts: { 'mfa-required': { xx: { title: 'x' } } } },
      `no built-in locale (${localeTags.join(', ')})`,
    ],
    ['overrides[0].use.who', { overrides: [{ match: { code: 1234 }, use: { who: 'me' } }] }, 'administrator|admin'],
    ['overrides[0].use.prompt', { overrides: [{ match: { code: 1234 }, use: { prompt: 'none' } }] }, 'select_account'],
  ])('%s: %j', (path, options, fix) => {
    const error = mistake(handler(options));
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_VALUE', path]);
    expect(error.message).toMatch(new RegExp(fix.replace(/[()]/g, '\\$&')));
  });
});

describe('options that are missing', () => {
  test.each(['client', 'baseUrl', 'secret', 'onSignedIn'] as const)('msalInteraction without %s', (name) => {
    const error = mistake(() => msalInteraction({ ...interaction, [name]: undefined }));
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_MISSING', name]);
    expect(error.message).toMatch(new RegExp(`^msalInteraction: option "${name}" is missing\\. \\S`));
  });

  test.each([
    ['baseUrl', ''],
    ['secret', ''],
    ['secret', []],
  ])('msalInteraction with a %s that is empty: %j', (name, value) => {
    const error = mistake(() => msalInteraction({ ...interaction, [name]: value }));
    expect([error.code, error.option]).toEqual(['ERR_AAD_OPTIONS_MISSING', name]);
  });

  test.each([
    [{ overrides: [{ use: {} }] }, 'An override is { match: { code }, use: { action } }.'],
    [{ overrides: [{ match: { code: 50105 } }] }, 'An override is { match: { code }, use: { action } }.'],
    [{ branding: { links: [{ url: '/' }] } }, 'Every link has a text and a url.'],
  ])('%j: the sentence says what belongs there', (options, fix) => {
    expect(mistake(handler(options)).message).toContain(fix);
  });

  test.each([
    ['overrides[0].match', { overrides: [{ use: { action: 'retry' } }] }],
    ['overrides[0].use', { overrides: [{ match: { code: 50105 } }] }],
    ['branding.links[0].text', { branding: { links: [{ url: '/' }] } }],
    ['branding.links[0].url', { branding: { links: [{ text: 'Help' }] } }],
  ])('%s', (path, options) => {
    expect(mistake(handler(options))).toMatchObject({ code: 'ERR_AAD_OPTIONS_MISSING', option: path });
  });
});

test('whatever stands in an option: it works, or an AadOptionsError says what is wrong', () => {
  const names = [
    ...Object.keys(respondOptionNames),
    ...['interaction', 'secret', 'secureCookies', 'flow', 'hasUser', 'delegate', 'render', 'onDecision', 'logger'],
  ];
  const runs = Number(process.env['FUZZ_RUNS'] ?? 2_000);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.anything(), (name, value) => {
      try {
        expect(aadErrorHandler({ [name]: value })).toBeTypeOf('function');
      } catch (error) {
        expect(error, `${name}: ${fc.stringify(value)}`).toBeInstanceOf(AadOptionsError);
      }
    }),
    { numRuns: runs },
  );
});

test('ERRORS.md has a heading for each code that is thrown, and no other', () => {
  const errors = readFileSync(new URL('../../examples/ERRORS.md', import.meta.url), 'utf8');
  const headings = [...errors.matchAll(/^### (ERR_AAD_OPTIONS_\w+)$/gm)].map((match) => match[1]);
  const source = readFileSync(new URL('../../src/option-checks.ts', import.meta.url), 'utf8');
  const thrown = new Set(source.match(/ERR_AAD_OPTIONS_\w+/g));
  expect([...headings].sort()).toEqual([...thrown].sort());
});

describe('settings', () => {
  test('are frozen and made of defaults where nothing was said', () => {
    const settings = createSettings('call', {}, 'production');
    expect(Object.isFrozen(settings)).toBe(true);
    expect(settings.branding.links).toEqual([]);
    // The first page asks for the server's.
    expect(settings.timeZone).toBeUndefined();
    expect(settings.overrides).toBeUndefined();
    expect(settings).toMatchObject({
      mode: 'auto',
      exposeDetails: false,
      exposeServerText: false,
      homeUrl: '/',
      realm: '',
      authorizationUri: 'https://login.microsoftonline.com/common/oauth2/authorize',
      maxReloads: 3,
    });
  });

  test.each([
    ['production', false],
    ['development', true],
    ['test', true],
    [undefined, true],
    ['Production', true],
  ])('NODE_ENV %s: details are shown: %s', (environment, shown) => {
    expect(createSettings('call', {}, environment).exposeDetails).toBe(shown);
  });

  test('changing the options afterwards changes nothing', () => {
    const links = [{ text: 'Help', url: '/help' }];
    const overrides = [{ match: { code: 50105 }, use: { action: 'admin_consent' as const } }];
    const settings = createSettings('call', { branding: { links }, overrides }, 'production');
    links[0]!.url = 'javascript:alert(1)';
    links.push({ text: 'x', url: 'y' });
    overrides[0]!.match.code = 1;
    expect(settings.branding.links).toEqual([{ text: 'Help', url: '/help' }]);
    expect(settings.overrides?.[0]?.match.code).toBe(50105);
  });

  test.each(['AADSTS50105', '50105', 50105, 'aadsts50105'])('an override for %j is one for the number', (code) => {
    const settings = createSettings('call', { overrides: [{ match: { code }, use: {} }] }, undefined);
    expect(settings.overrides?.[0]?.match.code).toBe(50105);
  });

  test('a trailing slash of the authority does not double in challenges', () => {
    const settings = createSettings(
      'call',
      { authority: 'https://login.microsoftonline.com/contoso.example//' },
      undefined,
    );
    expect(settings.authorizationUri).toBe('https://login.microsoftonline.com/contoso.example/oauth2/authorize');
  });

  test('the policy allows the logo of another host and nothing else of it', () => {
    const policy = (logoUrl?: string): string =>
      createSettings('call', { branding: logoUrl === undefined ? {} : { logoUrl } }, undefined).pageSecurityPolicy;
    expect(policy('https://cdn.contoso.example/logo.svg?v=1')).toContain('; img-src https://cdn.contoso.example;');
    expect(policy('/logo.svg')).toContain("; img-src 'self';");
    expect(policy()).not.toContain('img-src');
  });

  const accepted: readonly RespondOptions[] = [
    ...(['auto', 'web', 'api'] as const).map((mode) => ({ mode })),
    ...[0, 10].map((maxReloads) => ({ maxReloads })),
    ...['/', '/start?a=b'].map((homeUrl) => ({ homeUrl })),
    { timeZone: 'Europe/Amsterdam' },
    { realm: 'contoso' },
    { exposeServerText: true },
  ];

  test.each(accepted)('%j is taken as it is', (options) => {
    expect(createSettings('call', options, undefined)).toMatchObject(options);
  });

  test.each(['https://login.example', 'https://login.example:8443/t', `https://login.example/${'a'.repeat(200)}`])(
    'authority %s',
    (authority) => {
      const settings = createSettings('call', { authority, realm: 'r1' }, undefined);
      expect(settings.authorizationUri).toBe(`${authority}/oauth2/authorize`);
      expect(settings.bareChallenge).toBe(`Bearer realm="r1", authorization_uri="${authority}/oauth2/authorize"`);
    },
  );

  test.each([
    '@b.example',
    'a@',
    'a b@c.example',
    'a@b c',
    'a@b@c',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b'.repeat(191)}`,
  ])('no support address: %s', (supportEmail) => {
    expect(() => createSettings('call', { branding: { supportEmail } }, undefined)).toThrow(
      'option "branding.supportEmail" must be an e-mail address.',
    );
  });

  test.each([
    'help@contoso.example',
    `${'a'.repeat(64)}@b.example`,
    `a@${'b'.repeat(190)}`,
    "o'neil+it@contoso.example",
  ])('support address %s', (supportEmail) => {
    expect(createSettings('call', { branding: { supportEmail } }, undefined).branding.supportEmail).toBe(supportEmail);
  });

  test('a logo may have an address of 2,048 characters', () => {
    const logoUrl = `https://cdn.contoso.example/${'a'.repeat(2_020)}`;
    expect(logoUrl).toHaveLength(2_048);
    expect(createSettings('call', { branding: { logoUrl } }, undefined).branding.logoUrl).toBe(logoUrl);
  });

  test('five links fit', () => {
    const links = Array.from({ length: 5 }, (_, index) => ({ text: `Help ${index}`, url: `/help/${index}` }));
    expect(createSettings('call', { branding: { links } }, undefined).branding.links).toEqual(links);
  });

  test('an accent colour changes the stylesheet, and the policy allows exactly that one', () => {
    const made = [{}, { accentColor: '#8a1538' }].map((branding) => createSettings('call', { branding }, undefined));
    expect(made[0]!.stylesheet).not.toBe(made[1]!.stylesheet);
    for (const { stylesheet, pageSecurityPolicy } of made) {
      const hash = createHash('sha256').update(stylesheet).digest('base64');
      expect(pageSecurityPolicy).toContain(`style-src 'sha256-${hash}'`);
    }
  });

  test.each([
    ['a code of B2C', { code: 'aadb2c90118' }, { code: 'AADB2C90118' }],
    ['an OAuth error', { oauthError: 'invalid_grant' }, { oauthError: 'invalid_grant' }],
    ['a suberror', { suberror: 'bad_token' }, { suberror: 'bad_token' }],
    ['a situation', { situation: 'mfa-required' }, { situation: 'mfa-required' }],
    ['two of them', { situation: 'mfa-required', code: 50076 }, { situation: 'mfa-required', code: 50076 }],
  ])('an override may match %s', (_name, match, wanted) => {
    const use = { action: 'retry' as const, situation: 'service-busy', who: 'user' as const, retryable: true };
    expect(createSettings('call', { overrides: [{ match, use }] }, undefined).overrides).toEqual([
      { match: wanted, use },
    ]);
  });

  test('an undefined member of an override’s use leaves what was decided', () => {
    const use = { action: undefined, situation: undefined, who: undefined, retryable: undefined, prompt: undefined };
    const overrides = [{ match: { code: 50105 }, use: use as object }];
    expect(createSettings('call', { overrides }, undefined).overrides).toStrictEqual([
      { match: { code: 50105 }, use: {} },
    ]);
    const respondWith = (given: RespondOptions) =>
      createAadResponder({ exposeDetails: false, ...given }).respond(
        { error: 'invalid_grant', error_codes: [50105], error_description: 'AADSTS50105: x' },
        { method: 'GET', url: '/', headers: { accept: 'application/json' } },
      )!;
    expect(respondWith({ overrides }).response).toStrictEqual(respondWith({}).response);
    expect(respondWith({ overrides }).response.body).not.toContain('undefined');
  });

  test('an override may use any action, person and prompt that a decision can have', () => {
    const uses = [
      ...aadActions.map((action) => ({ action })),
      ...(['user', 'admin', 'developer', 'microsoft', 'nobody'] as const).map((who) => ({ who })),
      ...(['login', 'select_account', 'consent'] as const).map((prompt) => ({ prompt })),
    ];
    const overrides = uses.map((use) => ({ match: { code: 50105 }, use }));
    expect(createSettings('call', { overrides }, undefined).overrides).toEqual(overrides);
  });

  test('texts for all languages and by language are kept apart', () => {
    const texts = {
      'mfa-required': { title: 'One' },
      'service-busy': { nl: { title: 'Druk' }, en: { message: 'Busy' } },
    };
    const read = createSettings('call', { texts }, undefined).texts;
    expect(Object.fromEntries([...read].map(([name, byTag]) => [name, Object.fromEntries(byTag)]))).toEqual({
      'mfa-required': { '*': { title: 'One' } },
      'service-busy': { nl: { title: 'Druk' }, en: { message: 'Busy' } },
    });
    texts['mfa-required'].title = 'changed';
    expect(read.get('mfa-required')?.get('*')).toEqual({ title: 'One' });
  });
});

import { describe, expect, it } from 'vitest';
import { detailsOf, detailTables, listAadsts, localeOf, localeTags } from '../../../src/catalog/index.js';
import { developerTexts, explain, localeTagFor } from '../../../src/explain/index.js';
import { normalize } from '../../../src/normalize/index.js';

const traceId = '0b1c2d3e-1111-4222-8333-444455556666';
const correlationId = '0b1c2d3e-1111-4222-8333-444455557777';
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

describe('a bare code', () => {
  it.each([[50076], ['50076'], ['AADSTS50076'], [' aadsts50076: ']])('%j is looked up in the catalogue', (code) => {
    const found = explain(code);
    expect(found).toMatchObject({
      input: 'code',
      found: true,
      code: 'AADSTS50076',
      name: 'UserStrongAuthClientAuthNRequired',
      link: 'https://login.microsoftonline.com/error?code=50076',
      action: 'claims_challenge',
      who: 'user',
      situation: 'mfa-required',
      retryable: false,
      confidence: 'documented',
      ids: {},
    });
    expect(found.delivery).toContain('token');
    expect(found.sources.length).toBeGreaterThan(0);
    expect(found.error).toBeUndefined();
    expect(found.decision).toBeUndefined();
  });

  /** What the catalogue says about a code, as an explanation in English. */
  function explained(key: number | string): object {
    const row = detailsOf(key)!;
    const { title, message, nextStep } = localeOf('en').situations.get(row.situation)!;
    const { name, action, who, situation, retryable, delivery, confidence, sources, summary, remedy, note } = row;
    return {
      ...{
        input: 'code',
        found: true,
        ...(name !== undefined && { name }),
        action,
        who,
        situation,
        title,
        message,
        nextStep,
        locale: 'en',
      },
      ...{ summary, remedy, retryable, delivery, confidence, sources, ids: {} },
      ...(note !== undefined && { note }),
    };
  }
  const noted = listAadsts().find(({ note, code }) => note !== undefined && typeof code === 'number')!.code as number;

  it('is explained by its row and nothing else', () => {
    const link = 'https://login.microsoftonline.com/error?code=50076';
    expect(explain(50_076)).toStrictEqual({ ...explained(50_076), code: 'AADSTS50076', link });
    expect(explain('AADB2C90118')).toStrictEqual({ ...explained('AADB2C90118'), code: 'AADB2C90118' });
  });

  it('whose row has a reservation repeats it', () => {
    const link = `https://login.microsoftonline.com/error?code=${noted}`;
    expect(explain(noted)).toStrictEqual({ ...explained(noted), code: `AADSTS${noted}`, link });
    expect(explain(noted).note).toBe(detailsOf(noted)!.note);
  });

  it('leaves the row as it is: what is frozen is a copy', () => {
    explain(50_076);
    const row = detailsOf(50_076)!;
    expect([row, row.sources, row.sources[0], row.delivery].some((part) => Object.isFrozen(part))).toBe(false);
  });

  it('of Azure AD B2C that nobody documented says where such codes come from', () => {
    expect(explain('AADB2C99999')).toMatchObject({
      found: false,
      code: 'AADB2C99999',
      summary: 'The catalogue has no row for AADB2C99999.',
      remedy: developerTexts('en').notFoundRemedy,
      note: 'The catalogue has no row for AADB2C99999. Codes that start with AADB2C belong to Azure AD B2C.',
    });
    expect('link' in explain('AADB2C99999')).toBe(false);
  });

  it.each([100, 999_999_999])('%i is a number that a code may have', (code) => {
    expect(explain(code)).toMatchObject({
      code: `AADSTS${code}`,
      link: `https://login.microsoftonline.com/error?code=${code}`,
      remedy: developerTexts('en').unknownCodeRemedy,
    });
  });

  it('of Azure AD B2C has no link to the AADSTS page', () => {
    const found = explain('AADB2C90118');
    expect(found).toMatchObject({ found: true, code: 'AADB2C90118', situation: 'password-reset-requested' });
    expect(found.link).toBeUndefined();
  });

  it('that nobody documented keeps its link and says so', () => {
    expect(explain(999_999)).toMatchObject({
      input: 'code',
      found: false,
      code: 'AADSTS999999',
      link: 'https://login.microsoftonline.com/error?code=999999',
      action: 'unknown',
      note: 'The catalogue has no row for AADSTS999999.',
    });
  });

  it.each([
    [0],
    [99],
    [-50076],
    [50076.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1_000_000_000],
    ['12'],
    ['AADSTS12'],
    ['12345678901'],
  ])('%j is out of range: nothing is found and nothing is linked', (code) => {
    const found = explain(code);
    expect(found).toMatchObject({ input: 'code', found: false, action: 'unknown', situation: 'unknown-problem' });
    expect(found.note).toContain('3 to 9 digits');
    expect(found.link).toBeUndefined();
  });
});

describe('a bare name', () => {
  it.each([
    ['invalid_grant', 'interactive'],
    ['no_tokens_found', 'interactive'],
    ['ECONNRESET', 'retry'],
    ['bad_token', 'interactive'],
    ['InvalidAuthenticationToken', 'interactive'],
  ])('%s is looked up in the catalogue', (name, action) => {
    expect(explain(name)).toMatchObject({ input: 'name', found: true, name, action });
  });

  it.each([
    ['suberror', detailTables.suberrors()[0]!.suberror!],
    ['error of @azure/identity', detailTables.azureIdentityErrors()[0]!.name!],
    ['OAuth error with blanks around it', ' invalid_client '],
  ])('%s: %s', (_kind, name) => {
    const found = explain(name);
    expect(found).toMatchObject({ input: 'name', found: true, name: name.trim() });
    expect(['code', 'link', 'delivery'].filter((member) => member in found)).toEqual([]);
  });

  it.each([['__proto__'], ['constructor'], ['hello_world']])('%s is nothing', (name) => {
    expect(explain(name)).toMatchObject({ found: false, action: 'unknown' });
  });
});

describe('a text', () => {
  it('gives the ids and becomes interactive where claims_challenge has no claims', () => {
    const text = `AADSTS50076: You must use multi-factor authentication. Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: 2026-01-31 09:05:00Z`;
    const found = explain(text);
    expect(found).toMatchObject({
      input: 'text',
      found: true,
      code: 'AADSTS50076',
      action: 'interactive',
      ids: { traceId, correlationId, timestamp: '2026-01-31T09:05:00Z' },
    });
    expect(found.remedy).toContain('shows none');
    expect(found.decision?.rule).toBe('code');
  });

  it('with an unknown code is explained by the OAuth error beside it', () => {
    expect(explain('invalid_client: AADSTS9999999: something new')).toMatchObject({
      found: true,
      code: 'AADSTS9999999',
      name: 'invalid_client',
      action: 'fix_config',
      link: 'https://login.microsoftonline.com/error?code=9999999',
      note: 'The catalogue has no row for AADSTS9999999; this answer comes from OAuth error invalid_client.',
    });
  });

  it('is named and advised as the row of its code says, where the decision is the same', () => {
    const row = detailsOf(53_003)!;
    const found = explain('AADSTS53003: blocked');
    expect(found).toMatchObject({ name: row.name, summary: row.summary, remedy: row.remedy, delivery: row.delivery });
    expect(found.sources).toEqual(row.sources);
    expect(found.ids).toStrictEqual({});
    expect('challenge' in found).toBe(false);
    expect('diagnosis' in found).toBe(false);
    expect(found.note).toBe(row.note);
  });

  it.each([
    ['invalid_grant: AADSTS9999999: x', 'OAuth error invalid_grant'],
    ['{"error":"invalid_grant","suberror":"bad_token","error_description":"AADSTS9999999: x"}', 'suberror bad_token'],
  ])('with an unknown code says what explains it: %s', (text, evidence) => {
    expect(explain(text).note).toBe(`The catalogue has no row for AADSTS9999999; this answer comes from ${evidence}.`);
  });

  it('with an unknown code alone has the advice for what is unknown', () => {
    const found = explain('AADSTS9999999: something new');
    expect(found).toMatchObject({
      summary: 'The catalogue has no row for AADSTS9999999.',
      remedy: developerTexts('en').remedies.unknown,
      sources: [],
    });
    expect(['name', 'delivery', 'challenge'].filter((member) => member in found)).toEqual([]);
  });

  it('that ends in a short number is no code out of range', () => {
    expect(explain('order 12').note).toBe(developerTexts('en').notFound);
  });

  it('with an unknown code alone stays unknown and keeps its link', () => {
    expect(explain('AADSTS9999999: something new')).toMatchObject({
      found: true,
      code: 'AADSTS9999999',
      action: 'unknown',
      note: 'The catalogue has no row for AADSTS9999999.',
    });
  });

  it.each([
    [''],
    ['hello'],
    ['ticket 50076 was closed'],
    ['unauthorized'],
    ['x'.repeat(1_000_000)],
    ['\u0000\u0001\ufffd'],
  ])('without evidence gives "no code found" (%#)', (text) => {
    const found = explain(text);
    expect(found).toMatchObject({ found: false, action: 'unknown', who: 'nobody' });
    expect(found.note).toContain('No code found');
    expect(found.code).toBeUndefined();
  });

  it('of 1 MB with the code at its start is explained in no time', () => {
    const startMs = performance.now();
    expect(explain(`AADSTS53003: ${'blocked '.repeat(125_000)}`)).toMatchObject({ code: 'AADSTS53003' });
    expect(performance.now() - startMs).toBeLessThan(250);
  });
});

describe('a thrown value', () => {
  it('with claims keeps them and says what they ask for', () => {
    const found = explain({
      error: 'interaction_required',
      error_codes: [50076],
      error_description: 'AADSTS50076: x',
      claims,
    });
    expect(found).toMatchObject({
      input: 'object',
      action: 'claims_challenge',
      challenge: { claims, asks: ['the access token must satisfy authentication context c1 (Conditional Access)'] },
    });
  });

  it('that is already an AadError is explained too', () => {
    const error = normalize('AADSTS53003: blocked');
    expect(explain(error)).toMatchObject({ code: 'AADSTS53003', action: 'contact_admin', who: 'admin' });
    expect(explain(error).error).toBe(error);
  });

  it('whose status decides gets the remedy of the decision, not that of the code', () => {
    const found = explain({
      status: 429,
      headers: {},
      body: { error: 'interaction_required', error_description: 'AADSTS50076: x' },
    });
    expect(found.action).toBe('retry');
    expect(found.remedy).toContain('later');
  });

  it('whose status decides says so where nothing else explains it', () => {
    const found = explain({ status: 503, headers: {}, body: { error: 'x', error_description: 'AADSTS9999999: x' } });
    expect(found.action).toBe('retry');
    expect(found.note).toMatch(/^The catalogue has no row for AADSTS9999999; this answer comes from "\S.+"\.$/);
  });

  it('without code, name and row is summed up by what decided', () => {
    const found = explain({ error: 'something_new', trace_id: traceId, correlation_id: correlationId });
    expect(found).toMatchObject({
      found: true,
      action: 'unknown',
      name: 'something_new',
      ids: { traceId, correlationId },
    });
    expect(found.summary).toMatch(/^[A-Z].+[^.]\.$/);
    expect(['code', 'link', 'note', 'delivery'].filter((member) => member in found)).toEqual([]);
  });

  it('of MSAL has the id of its request and no other', () => {
    const error = { name: 'ClientAuthError', errorCode: 'no_tokens_found', errorMessage: 'x', correlationId };
    const found = explain(error);
    expect(found).toMatchObject({ name: 'no_tokens_found', action: 'interactive' });
    expect(found.ids.requestCorrelationId).toBe(correlationId);
    expect(found.summary).toBe(detailTables.msalErrors().find((row) => row.clientCode === 'no_tokens_found')!.summary);
  });

  it('takes the clock for Retry-After dates', () => {
    const nowMs = Date.UTC(2026, 0, 31, 9, 0, 0);
    const thrown = {
      status: 429,
      headers: { 'retry-after': 'Sat, 31 Jan 2026 09:00:30 GMT' },
      body: { error: 'temporarily_unavailable', error_description: 'AADSTS90055: x' },
    };
    expect(explain(thrown, { nowMs }).decision?.retryAfterSeconds).toBe(30);
  });

  const hostile = (): unknown =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
        getPrototypeOf: () => {
          throw new Error('no');
        },
      },
    );

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('x')],
    ['a bigint', 50_076n],
    ['a function', () => 1],
    ['a proxy that throws', hostile()],
    ['a null prototype', Object.create(null)],
    ['a plain error', new Error('boom')],
    ['an array', [50_076]],
  ])('%s is not an identity error, and nothing is thrown', (_name, value) => {
    expect(explain(value)).toMatchObject({ found: false, action: 'unknown' });
  });

  it('may come with options that throw', () => {
    expect(explain(50_076, hostile() as { locale?: string })).toMatchObject({ found: true, locale: 'en' });
  });
});

describe('language', () => {
  it.each([
    ['nl', 'nl', /Conditional|voorwaardelijke/],
    ['nl-BE', 'nl', /voorwaardelijke/],
    ['de', 'de', /Conditional Access/],
    ['zh-TW', 'zh-Hant', /Conditional Access/],
    ['pt', 'pt-BR', /Conditional Access/],
    ['xx', 'en', /Conditional Access/],
    ['__proto__', 'en', /Conditional Access/],
  ])('%s is answered in %s; developer texts are Dutch or English', (asked, locale, summary) => {
    const found = explain(53_003, { locale: asked });
    expect(found.locale).toBe(locale);
    expect(found.summary).toMatch(summary);
  });

  it.each([
    ['de', 'de'],
    ['DE_at', 'de'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-HK', 'zh-Hant'],
    ['zh_MO', 'zh-Hant'],
    ['zh-Hant-TW', 'zh-Hant'],
    ['no', 'nb'],
    ['nn-NO', 'nb'],
    ['iw', 'he'],
    ['pt-PT', 'pt-PT'],
    ['pt-AO', 'pt-BR'],
    [`de${'-x'.repeat(16)}`, 'de'],
    [`de${'-x'.repeat(16)}y`, 'de'],
    [`de${'-x'.repeat(17)}`, undefined],
    ['', undefined],
    ['-de', undefined],
    ['x', undefined],
    [7, undefined],
    [undefined, undefined],
  ])('%s is the built-in language %s', (tag, wanted) => {
    expect(localeTagFor(tag)).toBe(wanted);
  });

  it("has people's texts in every locale", () => {
    const titles = localeTags.map((locale) => explain(50_076, { locale }).title);
    expect(titles.every((title) => title.length > 0)).toBe(true);
    expect(new Set(titles).size).toBeGreaterThan(20);
  });

  it('developers read Dutch where people do', () => {
    const row = detailsOf(53_003)!;
    expect(explain(53_003, { locale: 'nl' })).toMatchObject({ summary: row.summaryNl, remedy: row.remedyNl });
  });

  it('nothing found has no more than "unknown" to say', () => {
    const { title, message, nextStep } = localeOf('en').situations.get('unknown-problem')!;
    expect(explain('hello')).toStrictEqual({
      ...{ input: 'text', found: false, action: 'unknown', who: 'nobody', situation: 'unknown-problem' },
      ...{ title, message, nextStep, locale: 'en', summary: developerTexts('en').notFound },
      ...{ remedy: developerTexts('en').notFoundRemedy, retryable: false, confidence: 'inferred', sources: [] },
      ...{ note: developerTexts('en').notFound, ids: {} },
    });
  });

  it('says in Dutch that nothing was found', () => {
    expect(explain('hallo', { locale: 'nl' }).note).toContain('Geen code gevonden');
  });
});

describe('the result', () => {
  it.each([
    ['of a code', explain(50_076)],
    ['of a thrown value', explain({ error: 'interaction_required', error_description: 'AADSTS50076: x', claims })],
    ['of nothing', explain('hello')],
  ])('%s is frozen all through', (_name, found) => {
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const [key, inner] of Object.entries(value)) if (key !== 'error') walk(inner);
    };
    walk(found);
  });

  it('does not freeze what was given, nor rows that others look up', () => {
    const thrown = { error: 'invalid_grant', error_description: 'AADSTS50173: x' };
    explain(thrown);
    expect(Object.isFrozen(thrown)).toBe(false);
  });

  it('holds no secret of the input', () => {
    const secret = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
    const found = explain(`AADSTS50076: x refresh_token=${secret} user alice@contoso.test`);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(JSON.stringify(found)).not.toContain('alice@');
  });
});

describe('a refusal of an API', () => {
  const innerError = { 'request-id': traceId };
  const refused = {
    status: 401,
    headers: {},
    body: { error: { code: 'InvalidAuthenticationToken', message: 'Invalid audience.', innerError } },
  };

  it('comes with a diagnosis', () => {
    const { diagnosis } = explain(refused);
    expect(diagnosis).toMatchObject({ service: 'graph', status: 401, conclusive: true });
    expect(diagnosis?.findings[0]).toMatchObject({ id: 'wrong-audience', confidence: 'certain' });
  });

  it('is measured against the clock that was given', () => {
    const token = (exp: number): string =>
      `a.${Buffer.from(JSON.stringify({ aud: 'x', exp })).toString('base64url')}.c`;
    const thrown = { ...refused, config: { headers: { authorization: `Bearer ${token(2_000)}` } } };
    const before = explain(thrown, { nowMs: 1_000_000 });
    const after = explain(thrown, { nowMs: 3_000_000 });
    expect([before, after].every(({ diagnosis }) => diagnosis !== undefined)).toBe(true);
  });

  it.each([
    ['a code', 50076],
    ['an error of the token endpoint', { error: 'invalid_grant', error_description: 'AADSTS700082: x' }],
    ['throttling', { ...refused, status: 429, body: { error: { code: 'TooManyRequests', message: 'x', innerError } } }],
  ])('%s has none', (_name, value) => {
    expect(explain(value).diagnosis).toBeUndefined();
  });
});

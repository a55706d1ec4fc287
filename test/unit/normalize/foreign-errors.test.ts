/** What looks like an identity error because it quotes somebody, or comes from another identity provider. */
import { describe, expect, it } from 'vitest';
import { normalize } from '../../../src/normalize/index.js';
import { acrsClaims } from './support.js';

const named = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const jsonFault = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
};

describe('an error about a request quotes it, and is nobody’s identity error', () => {
  const challenge = `{"error":"interaction_required","error_description":"x","suberror":"basic_action","claims":${JSON.stringify(acrsClaims)}`;
  const parse = (body: string): object => ({
    body,
    status: 400,
    statusCode: 400,
    expose: true,
    type: 'entity.parse.failed',
  });

  it.each<[string, unknown]>([
    ['a body with a code (body-parser)', Object.assign(jsonFault('{"note":"AADSTS7000222: x"') as Error, parse('{"note":"AADSTS7000222: x"'))],
    ['a body with claims (body-parser)', Object.assign(jsonFault(challenge) as Error, parse(challenge))],
    ['a body that is too large', named('PayloadTooLargeError', 'AADSTS50076', { type: 'entity.too.large', status: 413 })],
    ['a body that verify refused', named('ForbiddenError', 'no', { type: 'entity.verify.failed', body: 'AADSTS50076: x' })],
    ['JSON.parse', jsonFault('AADSTS50076: x')],
    ['an address that is not there', named('NotFoundError', 'Cannot GET /AADSTS700016', { status: 404, statusCode: 404, expose: true })],
    ['a search', named('NotFoundError', 'No results for "AADSTS7000222"', { status: 404, expose: true })],
    ['a refused value', named('UnprocessableEntityError', 'AADSTS50076: x', { status: 422, expose: true })],
    ['zod', named('ZodError', 'x', { issues: [{ message: "received 'AADSTS50076'" }] })],
    ['valibot', named('ValiError', "received 'AADSTS50076'", { issues: [{ message: 'x' }] })],
    ['joi', named('ValidationError', '"AADSTS7000222: y" is not allowed', { isJoi: true, _original: {} })],
    ['MongoDB', named('MongoServerError', 'E11000 duplicate key { title: "AADSTS7000222" }', { code: 11_000 })],
    ['PostgreSQL', named('error', 'duplicate key', { code: '23505', table: 'log', detail: 'Key (title)=(AADSTS700016) already exists.' })],
    ['Prisma', named('PrismaClientKnownRequestError', 'Invalid `create()` invocation: title: "AADSTS7000222"', { code: 'P2002', clientVersion: '6.0.0' })],
    ['a parameter that cannot be decoded (Express)', Object.assign(new URIError("Failed to decode param 'AADSTS7000215%FF'"), { status: 400 })],
    ['mongoose', named('ValidationError', 'title: AADSTS50076', { errors: {} })],
    ['yup', named('ValidationError', 'AADSTS50076', { inner: [] })],
    ['Sequelize', named('SequelizeValidationError', 'AADSTS50076')],
    ['mysql2', named('Error', "Duplicate entry 'AADSTS50076'", { code: 'ER_DUP_ENTRY', sqlMessage: "Duplicate entry 'AADSTS50076'" })],
    ['SQL Server', named('RequestError', "The duplicate key value is (AADSTS50076).", { code: 'EREQUEST' })],
    ['multer', named('MulterError', 'Unexpected field AADSTS50076', { code: 'LIMIT_UNEXPECTED_FILE' })],
    ['ajv (Fastify)', named('Error', 'body/title must match AADSTS50076', { validation: [] })],
    ['an authorization server of the application’s own', named('InvalidGrant', 'invalid_grant', { error: 'invalid_grant', error_description: 'grant request is invalid', allow_redirect: true, expose: true, status: 400 })],
  ])('%s', (_name, thrown) => {
    expect(normalize(thrown)).toBeUndefined();
    expect(normalize(new Error('failed', { cause: thrown }))).toBeUndefined();
    expect(normalize(new AggregateError([thrown]))).toBeUndefined();
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ['a text of Entra in a 401', named('UnauthorizedError', 'AADSTS50076: x', { status: 401, expose: true })],
    ['an upstream 404 that is not exposed', named('Error', 'AADSTS90002: x', { status: 404 })],
    ['a type of OAuth', named('Error', 'AADSTS50076: x', { type: 'invalid_request' })],
    ['an own SyntaxError by name only', { name: 'SyntaxError', message: 'AADSTS50076: x' }],
    [
      'the cause of a 404',
      named('NotFoundError', 'x', { status: 404, expose: true, cause: new Error('AADSTS50076: x') }),
    ],
    [
      'the answer that was made a 404',
      named('AxiosError', 'x', {
        status: 404,
        expose: true,
        response: { status: 400, headers: {}, data: { error: 'invalid_grant', error_description: 'AADSTS50076: x' } },
      }),
    ],
    ['the cause of a SyntaxError', Object.assign(new SyntaxError('x'), { cause: new Error('AADSTS50076: x') })],
    ['a body with a list of issues', { issues: [], error: 'invalid_grant', error_description: 'AADSTS50076: x' }],
  ])('but %s is one', (_name, thrown) => {
    expect(normalize(thrown)?.aadstsCodes.length).toBe(1);
  });
});

describe("another identity provider's answer is not confirmed", () => {
  const body = { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' };
  const okta = 'https://acme.okta.com/oauth2/default/v1/token';
  const axios = (url: unknown, data: object = body): Error =>
    named('AxiosError', 'Request failed with status code 400', {
      config: { url },
      response: { status: 400, headers: {}, config: { url }, data },
    });

  it.each<[string, unknown]>([
    ['axios', axios(okta)],
    ['gaxios, with a URL', axios(new URL(okta))],
    ['inside a cause', new Error('x', { cause: axios(okta) })],
    ['inside two', new Error('x', { cause: new Error('y', { cause: axios(okta) }) })],
    ['inside an AggregateError', new AggregateError([axios(okta)])],
    ['plain http', axios('http://keycloak:8080/realms/x/protocol/openid-connect/token')],
    ['with a Microsoft URL in its query', axios(`${okta}?fromURI=https://login.microsoftonline.com/login.srf`)],
    ['superagent', named('Error', 'Bad Request', { status: 400, response: { status: 400, headers: {}, body, request: { url: okta } } })],
    ['request-promise', named('StatusCodeError', '400', { statusCode: 400, options: { uri: okta }, response: { statusCode: 400, headers: {}, body } })],
    ['ofetch', named('FetchError', '400', { status: 400, request: okta, data: body })],
    ['fetch', { response: { url: okta, status: 400, data: body } }],
    ['openid-client 6', named('ResponseBodyError', 'x', { ...body, status: 400, cause: body, response: { url: okta } })],
    ['openid-client 5', named('OPError', 'x', { ...body, response: { statusCode: 400, body, req: { host: 'acme.okta.com' } } })],
  ])('%s', (_name, thrown) => {
    expect(normalize(thrown)?.unconfirmed).toBe(true);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ['on this machine, where a proxy or double may stand for Entra', axios('http://localhost:3000/x/oauth2/v2.0/token')],
    ['at a regional host of Entra', axios('https://westeurope.login.microsoft.com/x/oauth2/v2.0/token')],
    ['at the metadata service', named('AxiosError', 'x', { config: { baseURL: 'http://169.254.169.254', url: '/metadata/identity/oauth2/token' }, response: { status: 400, headers: { server: 'IMDS/150.870.65.1103' }, data: { error: 'invalid_request', error_description: 'Identity not found' } } })],
    ['at SharePoint', named('AxiosError', '401', { config: { url: 'https://contoso.sharepoint.com/_api' }, response: { status: 401, headers: {}, data: { error: 'invalid_request', error_description: 'Token type is not allowed.' } } })],
  ])('but %s it is', (_name, thrown) => {
    expect(normalize(thrown)?.unconfirmed).toBeUndefined();
  }); // prettier-ignore
});

describe("another service's challenge is not confirmed", () => {
  const refused = (url: string | undefined, challenge: string, status = 401): Error =>
    named('AxiosError', `Request failed with status code ${String(status)}`, {
      ...(url !== undefined && { config: { url } }),
      response: { status, headers: { 'www-authenticate': challenge }, data: '' },
    });
  const gmail = 'https://gmail.googleapis.com/gmail/v1/users/me/messages';

  it.each<[string, unknown]>([
    ['Google, by realm', refused(undefined, 'Bearer realm="https://accounts.google.com/", error="invalid_token"')],
    ['Google, by address', refused(gmail, 'Bearer error="insufficient_scope", scope="https://www.googleapis.com/auth/gmail.readonly"', 403)],
    ['Docker', refused('https://registry-1.docker.io/v2/', 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",error="invalid_token"')],
    ['GitHub', refused('https://api.github.com/user', 'Bearer error="insufficient_scope"', 403)],
    ['a request that an API found malformed', refused('https://api.contoso.test/', 'Bearer error="invalid_request"', 400)],
  ])('%s', (_name, thrown) => {
    expect(normalize(thrown)?.unconfirmed ?? true).toBe(true);
  }); // prettier-ignore

  it.each<[string, unknown]>([
    ['an own API', refused('https://api.contoso.test/orders', 'Bearer error="invalid_token"')],
    ['claims, wherever they come from', refused(gmail, `Bearer error="insufficient_claims", claims="${Buffer.from(acrsClaims).toString('base64')}"`)],
  ])('but %s', (_name, thrown) => {
    expect(normalize(thrown)?.unconfirmed).toBeUndefined();
  }); // prettier-ignore
});

it('a URL of Microsoft in the query of another host confirms nothing', () => {
  const url = 'https://api.contoso.test/links?to=https://login.microsoftonline.com/';
  const answer = { config: { url }, response: { status: 503, headers: {}, data: { message: 'down' } } };
  expect(normalize(named('AxiosError', 'x', answer))?.unconfirmed ?? true).toBe(true);
  expect(normalize(new Error(`request to ${url} failed, reason: connect ECONNREFUSED`))).toBeUndefined();
});

describe('one OAuth word is not enough', () => {
  it.each<[string, unknown]>([
    ['on an Error of the application', named('Error', 'cookie consent missing', { error: 'consent_required', status: 403 })],
    ['in an answer of Slack', named('Error', 'x', { code: 'slack_webapi_platform_error', data: { ok: false, error: 'access_denied' } })],
  ])('%s', (_name, thrown) => {
    expect(normalize(thrown)).toBeUndefined();
  }); // prettier-ignore

  it('but it is on the errors of OAuth clients, which name a description, if only as undefined', () => {
    const cancelled = { error: 'access_denied', error_description: undefined };
    expect(normalize(named('OPError', 'access_denied', { error: 'access_denied' }))?.oauthError).toBe('access_denied');
    expect(normalize(named('BadRequestError', 'x', { status: 400, ...cancelled }))?.oauthError).toBe('access_denied');
  });

  it('but it is in a body, and beside a description', () => {
    expect(normalize({ error: 'login_required' })?.oauthError).toBe('login_required');
    expect(normalize(named('Error', 'x', { error: 'login_required', error_description: 'y' }))?.oauthError).toBe(
      'login_required',
    );
  });
});

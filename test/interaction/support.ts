import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { ConfidentialClientApplication, type AccountInfo } from '@azure/msal-node';
import express5, { type Express, type NextFunction, type Request, type Response as Answer } from 'express';
import express4 from 'express4';
import session from 'express-session';
import { CookieJar } from 'tough-cookie';
import { aadErrorHandler, msalInteraction, throwOnChallenge, type MsalInteraction } from '../../src/index.js';
import type { MsalInteractionOptions } from '../../src/express/index.js';
import type { LocalEntra } from '../../src/testing/index.js';
import { navigation, send, type Exchange, type RequestInput } from '../support/browser-client.js';

declare module 'express-session' {
  interface SessionData {
    account?: AccountInfo;
    posted?: string[];
  }
}

export const secret = 'a test secret of more than thirty-two characters';
export const apiScope = 'api://tasks/Tasks.Read';
/** The origin of the https application: its proxy is the browser of these tests, which ends TLS. */
export const publicOrigin = 'https://app.contoso.test';

export interface Running {
  readonly port: number;
  close(): void;
}

export async function listen(app: Express | ((...parts: never[]) => unknown)): Promise<Running> {
  const server: Server = createServer(app as Express);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface WebAppOptions extends Partial<MsalInteractionOptions> {
  readonly express?: 4 | 5;
  /** `parsed`: express.urlencoded before the router; `json`: express.json only, which leaves forms alone. */
  readonly body?: 'parsed' | 'json';
  /** Behind a proxy that ends TLS: cookies are `__Host-`, Secure. */
  readonly https?: boolean;
}

export interface WebApp {
  readonly url: string;
  readonly port: number;
  readonly auth: MsalInteraction;
  /** Sign-ins that reached onSignedIn, by user name. */
  readonly signIns: string[];
  readonly adminConsents: string[];
  close(): void;
}

/**
 * A web application as its README would write it: express-session, msalInteraction, token calls with acquireToken,
 * downstream calls with throwOnChallenge, aadErrorHandler.
 */
export async function startWebApp(entra: LocalEntra, options: WebAppOptions = {}): Promise<WebApp> {
  const { express: major = 5, body, https = false, ...more } = options;
  const express = major === 4 ? express4 : express5;
  const app = express();
  const running = await listen(app);
  const url = https ? publicOrigin : `http://localhost:${String(running.port)}`;
  const client = new ConfidentialClientApplication(entra.msalConfiguration());
  const signIns: string[] = [];
  const adminConsents: string[] = [];
  const auth = msalInteraction({
    client,
    baseUrl: url,
    secret,
    getAccount: (request) => (request as unknown as Request).session.account,
    onSignedIn: (request, _response, result) => {
      const { account } = result as { account: AccountInfo };
      signIns.push(account.username);
      (request as unknown as Request).session.account = account;
    },
    onSignOut: (request) =>
      new Promise((resolve) => {
        (request as unknown as Request).session.destroy(resolve);
      }),
    adminConsent: { clientId: entra.clientId, tenant: entra.tenantId, scopes: [apiScope], host: entra.url },
    onAdminConsent: (request) => {
      adminConsents.push(request.originalUrl ?? '');
    },
    ...more,
  });

  const tokenFor = async (request: Request, scopes: string[], forceRefresh = false): Promise<string> => {
    const { accessToken } = (await auth.acquireToken(request, { scopes, forceRefresh })) as { accessToken: string };
    return accessToken;
  };
  const callDownstream = async (request: Request, path: string, scopes: string[]): Promise<unknown> => {
    const authorization = `Bearer ${await tokenFor(request, scopes)}`;
    const response = await fetch(entra.url + path, { headers: { authorization } });
    return throwOnChallenge(response, { scopes }).json();
  };
  /** Express 4 does not hear of rejected promises. */
  const route =
    (handle: (request: Request, response: Answer) => Promise<unknown>) =>
    (request: Request, response: Answer, next: NextFunction): void => {
      handle(request, response).catch(next);
    };

  app.use(session({ secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } }));
  if (body === 'parsed') app.use(express.urlencoded({ extended: false }));
  if (body === 'json') app.use(express.json());
  app.use(auth.router);
  app.get('/', (request, response) => {
    response.type('html').send(`<h1>Home</h1><p>${request.session.account?.username ?? 'nobody'}</p>`);
  });
  app.get('/tasks', route(async (request, response) => {
    await tokenFor(request, [apiScope]);
    response.type('html').send(`<h1>Tasks</h1><p>${String(request.session.account?.username)}</p>`);
  })); // prettier-ignore
  // Never from the cache, so that a policy which signing in does not satisfy shows each time.
  app.get('/fresh', route(async (request, response) => {
    await tokenFor(request, [apiScope], true);
    response.type('html').send('<h1>Fresh</h1>');
  })); // prettier-ignore
  app.get('/me', route(async (request, response) => {
    response.json(await callDownstream(request, '/api/me', ['User.Read']));
  })); // prettier-ignore
  app.get('/payments', route(async (request, response) => {
    response.json(await callDownstream(request, '/api/payments', [apiScope]));
  })); // prettier-ignore
  app.get('/form', (_request, response) => {
    response.type('html').send('<h1>Form</h1><form method="post"><input name="text"><button>Send</button></form>');
  });
  app.post('/form', route(async (request, response) => {
    await tokenFor(request, [apiScope]);
    (request.session.posted ??= []).push('done');
    response.type('html').send(`<h1>Posted ${String(request.session.posted.length)}</h1>`);
  })); // prettier-ignore
  app.use(aadErrorHandler({ interaction: auth, exposeDetails: false }));
  return { url, port: running.port, auth, signIns, adminConsents, close: running.close };
}

/** A cookie jar and sockets, as a browser has them: prefixes, Secure and SameSite count; https ends in the browser. */
export interface Browser {
  readonly jar: CookieJar;
  request(url: string, input?: RequestInput & { readonly from?: string }): Promise<Exchange>;
  /** Follows redirects and submits form_post pages, at most 20 steps. */
  visit(url: string, input?: RequestInput & { readonly from?: string }): Promise<Exchange[]>;
  /** Presses a button (`name=value`) of a page, or submits its form. */
  press(page: Exchange, button?: Readonly<Record<string, string>>): Promise<Exchange[]>;
}

/**
 * @param options `https`: where the public origin is served; its port may change on the way, as behind a load balancer.
 *   `maxCookies`: a full jar, which drops its oldest cookie for a new one, as browsers do
 */
export function openBrowser({
  https,
  refusesCookies = false,
  maxCookies = Infinity,
}: { https?: { readonly port: number }; refusesCookies?: boolean; maxCookies?: number } = {}): Browser {
  const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  const request: Browser['request'] = async (url, { from, ...input } = {}) => {
    const target = new URL(url);
    const sameSite = from === undefined || new URL(from).hostname === target.hostname;
    const safe = (input.method ?? 'GET') === 'GET';
    const cookie = await jar.getCookieString(url, { sameSiteContext: sameSite ? 'strict' : safe ? 'lax' : 'none' });
    const headers: Record<string, string> = { ...navigation, ...input.headers, ...(cookie !== '' && { cookie }) };
    if (from !== undefined) headers['sec-fetch-site'] = sameSite ? 'same-origin' : 'cross-site';
    const mapped = https !== undefined && target.origin === publicOrigin;
    if (mapped) Object.assign(headers, { host: target.host, 'x-forwarded-proto': 'https' });
    const real = mapped ? `http://localhost:${String(https.port)}${target.pathname}${target.search}` : url;
    const exchange = { ...(await send(real, { ...input, headers })), url };
    for (const value of refusesCookies ? [] : (exchange.headers['set-cookie'] ?? [])) {
      // Browsers ignore what they do not accept.
      await jar.setCookie(value, url).catch(() => undefined);
      const kept = (await jar.getCookies(url)).sort((one, other) => one.creationIndex - other.creationIndex);
      for (const { key } of kept.slice(0, Math.max(0, kept.length - maxCookies)))
        await jar.setCookie(`${key}=; Path=/; Max-Age=0${https === undefined ? '' : '; Secure'}`, url);
    }
    return exchange;
  };
  const press: Browser['press'] = (page, button = {}) => {
    const action = /<form[^>]*action="([^"]*)"/.exec(page.body)?.[1] ?? page.url;
    const fields = new URLSearchParams(button);
    for (const [, name = '', value = ''] of page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g))
      fields.append(decodeEntities(name), decodeEntities(value));
    return visit(new URL(decodeEntities(action), page.url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: fields.toString(),
      from: page.url,
    });
  };
  const visit: Browser['visit'] = async (url, input) => {
    const steps = [await request(url, input)];
    for (let hop = 0; hop < 20; hop += 1) {
      const last = steps.at(-1)!;
      const { location } = last.headers;
      if (last.status >= 300 && last.status < 400 && location !== undefined) {
        steps.push(await request(new URL(location, last.url).href, { from: last.url }));
      } else if (last.body.includes('document.forms[0].submit()')) steps.push(...(await press(last)));
      else break;
    }
    return steps;
  };
  return { jar, request, visit, press };
}

const decodeEntities = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!,
  );

/** The authorization requests LocalEntra got, oldest first. */
export function authorizations(entra: LocalEntra): readonly Readonly<Record<string, string>>[] {
  return entra.requests.filter(({ endpoint }) => endpoint === 'authorize').map(({ query }) => query);
}

/**
 * Expects that a claims directive stands unchanged in `claims` of an authorization request, beside what MSAL adds: entries
 * of `id_token`, and `xms_cc` in `access_token`.
 */
export function claimsBesideMsal(sent: string | undefined): unknown {
  const parsed = JSON.parse(sent ?? '{}') as Record<string, Record<string, unknown>>;
  const { xms_cc: capabilities, ...accessToken } = parsed['access_token'] ?? {};
  if (JSON.stringify(capabilities) !== '{"values":["CP1"]}')
    throw new Error(`xms_cc is ${JSON.stringify(capabilities)}`);
  return { ...parsed, access_token: accessToken };
}

/** Bytes to a server and what it answers until it closes; for request targets that no HTTP client would send. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, 'localhost', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

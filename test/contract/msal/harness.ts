/** Makes the installed majors of msal-node ask a token endpoint that we answer for. No traffic leaves the process. */
import * as msal2 from 'msal-node-2';
import * as msal3 from 'msal-node-3';
import * as msal5 from 'msal-node-5';
import * as msal6 from 'msal-node-6';
import * as msal7 from '@azure/msal-node';
import type { Major, MsalFlow } from './answers.js';

export interface NetworkAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** MSAL's INetworkModule as far as it is used. */
export interface NetworkClient {
  sendGetRequestAsync(url: string, options?: unknown): Promise<NetworkAnswer>;
  sendPostRequestAsync(url: string, options?: unknown): Promise<NetworkAnswer>;
}

interface Account {
  readonly homeAccountId: string;
}

/** The five flows as every major has them. */
export interface MsalClient {
  acquireTokenByCode(request: object, payload?: object): Promise<{ account: Account | null; accessToken: string }>;
  acquireTokenSilent(request: object): Promise<unknown>;
  acquireTokenOnBehalfOf(request: object): Promise<unknown>;
  acquireTokenByClientCredential(request: object): Promise<unknown>;
  acquireTokenByDeviceCode(request: object): Promise<unknown>;
}

type Constructor<Instance> = new (configuration: object) => Instance;

/** What all majors have in common; their own types contradict each other. */
interface MsalModule {
  readonly ConfidentialClientApplication: Constructor<MsalClient>;
  readonly PublicClientApplication: Constructor<MsalClient>;
  readonly InteractionRequiredAuthError: { [Symbol.hasInstance](value: unknown): boolean };
}

export const msalOf: Readonly<Record<Major, MsalModule>> = {
  2: msal2 as unknown as MsalModule,
  3: msal3 as unknown as MsalModule,
  5: msal5 as unknown as MsalModule,
  6: msal6 as unknown as MsalModule,
  7: msal7 as unknown as MsalModule,
};

export const majors: readonly Major[] = [2, 3, 5, 6, 7];
export const flows: readonly MsalFlow[] = [
  'authorization-code',
  'silent',
  'on-behalf-of',
  'client-credentials',
  'device-code',
];

const tenantId = '7d2f0a5e-2222-4c00-8a00-0c0ffee00002';
const clientId = '7d2f0a5e-3333-4c00-8a00-0c0ffee00003';
/** The id that the application gives its request; MSAL writes it over the server's in most flows. */
export const requestCorrelationId = '9e9e9e9e-4444-4c00-8a00-0c0ffee00004';
const scopes = ['https://graph.microsoft.com/User.Read'];

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A sign-in that worked, for the silent flow; the id token is unsigned and invented. */
function signedIn(): NetworkAnswer {
  const now = Math.floor(Date.now() / 1000);
  const idToken = [
    part({ alg: 'none', typ: 'JWT' }),
    part({
      aud: clientId,
      iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      iat: now,
      exp: now + 3600,
      sub: 'subject',
      oid: '7d2f0a5e-5555-4c00-8a00-0c0ffee00005',
      tid: tenantId,
      preferred_username: 'ann@contoso.example',
      ver: '2.0',
    }),
    'none',
  ].join('.');
  return {
    status: 200,
    headers: {},
    body: {
      token_type: 'Bearer',
      scope: scopes.join(' '),
      expires_in: 3600,
      access_token: 'invented-access-token',
      refresh_token: 'invented-refresh-token',
      id_token: idToken,
      client_info: part({ uid: '7d2f0a5e-5555-4c00-8a00-0c0ffee00005', utid: tenantId }),
    },
  };
}

const deviceCodeAnswer = (): NetworkAnswer => ({
  status: 200,
  headers: {},
  body: {
    device_code: 'invented-device-code',
    user_code: 'ABCD1234',
    verification_uri: 'https://microsoft.com/devicelogin',
    expires_in: 60,
    interval: 0,
    message: 'Enter ABCD1234.',
  },
});

/** Answers like the server and counts what reached it. */
export interface Endpoint {
  readonly client: NetworkClient;
  readonly tokenRequests: () => number;
}

/**
 * A network client whose first token request may be a sign-in that works; every other token request gets `answer`.
 * Any other address is an error, so that a discovery call cannot pass unnoticed.
 */
export function endpointOf(
  signInFirst: boolean,
  answer: (url: string, options: unknown) => Promise<NetworkAnswer>,
): Endpoint {
  let requests = 0;
  let signInLeft = signInFirst;
  const send = async (url: string, options?: unknown): Promise<NetworkAnswer> => {
    if (url.includes('/devicecode')) return deviceCodeAnswer();
    if (!url.includes('/oauth2/v2.0/token')) throw new Error(`unexpected request to ${url}`);
    if (signInLeft) {
      signInLeft = false;
      return signedIn();
    }
    requests += 1;
    return answer(url, options);
  };
  return { client: { sendGetRequestAsync: send, sendPostRequestAsync: send }, tokenRequests: () => requests };
}

export interface Call {
  /** What MSAL threw, or undefined when it resolved. */
  readonly thrown: unknown;
  readonly resolved: boolean;
  /** MSAL asked the server instead of answering from its memory. */
  readonly asked: boolean;
}

/** Runs the flow twice on one fresh client application. */
export async function callTwice(major: Major, flow: MsalFlow, endpoint: Endpoint): Promise<readonly [Call, Call]> {
  const run = await prepare(major, flow, endpoint);
  return [await observe(run, endpoint), await observe(run, endpoint)];
}

async function observe(run: () => Promise<unknown>, endpoint: Endpoint): Promise<Call> {
  const before = endpoint.tokenRequests();
  try {
    await run();
    return { thrown: undefined, resolved: true, asked: endpoint.tokenRequests() > before };
  } catch (thrown) {
    return { thrown, resolved: false, asked: endpoint.tokenRequests() > before };
  }
}

/** MSAL's own HTTP client of this major, for tests over real sockets. */
export function httpClientOf(major: Major): NetworkClient {
  const client = newClient(major) as unknown as {
    readonly config: { readonly system: { readonly networkClient: NetworkClient } };
  };
  return client.config.system.networkClient;
}

export interface ClientOptions {
  readonly isPublic?: boolean;
  readonly auth?: object;
  readonly networkClient?: NetworkClient;
}

export function newClient(
  major: Major,
  { isPublic = false, auth = {}, networkClient }: ClientOptions = {},
): MsalClient {
  const msal = msalOf[major];
  const configuration = {
    auth: {
      clientId,
      authority: `https://login.microsoftonline.com/${tenantId}`,
      ...(!isPublic && { clientSecret: 'invented-secret' }),
      ...auth,
    },
    ...(networkClient !== undefined && { system: { networkClient } }),
  };
  return isPublic
    ? new msal.PublicClientApplication(configuration)
    : new msal.ConfidentialClientApplication(configuration);
}

async function prepare(major: Major, flow: MsalFlow, endpoint: Endpoint): Promise<() => Promise<unknown>> {
  const client = newClient(major, { isPublic: flow === 'device-code', networkClient: endpoint.client });
  const common = { scopes, correlationId: requestCorrelationId };
  const byCode = { ...common, code: 'invented-code', redirectUri: 'https://app.example/redirect' };
  switch (flow) {
    case 'authorization-code':
      return () => client.acquireTokenByCode(byCode);
    case 'silent': {
      const { account } = await client.acquireTokenByCode(byCode);
      return () => client.acquireTokenSilent({ ...common, account, forceRefresh: true });
    }
    case 'on-behalf-of':
      return () => client.acquireTokenOnBehalfOf({ ...common, oboAssertion: 'invented.assertion.token' });
    case 'client-credentials':
      return () =>
        client.acquireTokenByClientCredential({ ...common, scopes: ['https://graph.microsoft.com/.default'] });
    case 'device-code':
      return () => client.acquireTokenByDeviceCode({ ...common, deviceCodeCallback: () => undefined });
  }
}

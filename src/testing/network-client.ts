import { createServer, type AddressInfo } from 'node:net';
import { meantHostHeader } from './metadata.js';

/** MSAL's NetworkResponse. */
export interface LocalNetworkResponse<Body> {
  headers: Record<string, string>;
  body: Body;
  status: number;
}

/** The part of MSAL's NetworkRequestOptions that is used. */
export interface LocalNetworkRequestOptions {
  headers?: Record<string, string>;
  body?: string;
}

/** MSAL's INetworkModule, in our own words so that no version of MSAL is needed for the types. */
export interface LocalNetworkClient {
  sendGetRequestAsync<Body>(
    url: string,
    options?: LocalNetworkRequestOptions,
    timeout?: number,
  ): Promise<LocalNetworkResponse<Body>>;
  sendPostRequestAsync<Body>(url: string, options?: LocalNetworkRequestOptions): Promise<LocalNetworkResponse<Body>>;
}

/** What the server must tell the client: where it is, and whether this call is to be refused. @internal */
export interface NetworkClientContext {
  readonly url: string;
  readonly takeRefusal: (method: string, url: URL, body: string) => boolean;
}

/** The same path and query on LocalEntra, whatever host was meant. @internal */
export function toLocalUrl(localUrl: string, given: string): URL {
  const { pathname, search } = new URL(given);
  const local = new URL(localUrl);
  local.pathname = pathname;
  local.search = search;
  return local;
}

/** An address on this machine where nobody listens, so that the refusal is the real one. */
function closedAddress(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(`http://127.0.0.1:${String(port)}/`);
      });
    });
  });
}

/** An answer that is not JSON rejects like `Response.json()`, in the words of MSAL 7's own client. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw Object.assign(new SyntaxError(`Failed to parse response: ${reason}`, { cause: error }), {
      status: response.status,
    });
  }
}

/**
 * MSAL's way to LocalEntra: every URL is sent to the loopback server, nothing leaves the machine.
 * Rejects with the error of `fetch` when the connection fails, as any transport would.
 *
 * @internal
 */
export function createNetworkClient(context: NetworkClientContext): LocalNetworkClient {
  async function send<Body>(
    method: 'GET' | 'POST',
    given: string,
    options: LocalNetworkRequestOptions = {},
    timeoutMs = 0,
  ): Promise<LocalNetworkResponse<Body>> {
    const meant = new URL(given);
    const local = toLocalUrl(context.url, given);
    const headers = new Headers(options.headers);
    if (meant.host !== local.host) headers.set(meantHostHeader, meant.hostname);
    const body = method === 'POST' ? (options.body ?? '') : null;
    const refused = context.takeRefusal(method, local, body ?? '');
    const response = await fetch(refused ? await closedAddress() : local, {
      method,
      headers,
      body,
      redirect: 'manual',
      ...(timeoutMs > 0 ? { signal: AbortSignal.timeout(timeoutMs) } : {}),
    });
    return {
      headers: Object.fromEntries(response.headers),
      body: (await readJson(response)) as Body,
      status: response.status,
    };
  }
  return {
    sendGetRequestAsync: (url, options, timeout) => send('GET', url, options, timeout),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}

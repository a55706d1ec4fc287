import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { CookieJar } from 'tough-cookie';

/** One request and its answer, as a browser with a cookie jar sees them. Redirects are not followed. */
export interface Exchange {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RequestInput {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request by node:http: fetch would set Sec-Fetch-Mode itself. */
export function send(url: string, { method = 'GET', headers = {}, body }: RequestInput = {}): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          url,
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A client over real sockets with a cookie jar, one jar a client. */
export function browserClient(): {
  request(url: string, input?: RequestInput): Promise<Exchange>;
  follow(url: string, input?: RequestInput): Promise<Exchange[]>;
} {
  const jar = new CookieJar();
  const request = async (url: string, input: RequestInput = {}): Promise<Exchange> => {
    const cookie = await jar.getCookieString(url);
    const exchange = await send(url, { ...input, headers: { ...input.headers, ...(cookie !== '' && { cookie }) } });
    for (const value of exchange.headers['set-cookie'] ?? []) await jar.setCookie(value, url);
    return exchange;
  };
  return {
    request,
    async follow(url, input) {
      const exchanges = [await request(url, input)];
      for (let hop = 0; hop < 20; hop += 1) {
        const last = exchanges.at(-1)!;
        const { location } = last.headers;
        if (last.status < 300 || last.status > 399 || location === undefined) break;
        exchanges.push(await request(new URL(location, last.url).href, { headers: input?.headers ?? {} }));
      }
      return exchanges;
    },
  };
}

/** Headers a browser sends with a navigation. */
export const navigation = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};
/** Headers a browser sends with fetch(). */
export const script = {
  accept: '*/*',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
};

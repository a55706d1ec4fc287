import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with everything the routes need. @internal */
export interface EntraRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** An answer; `body` text is sent as it is, an object as JSON. @internal */
export interface EntraAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | object;
}

/** Form bodies beyond this are cut off: nothing here needs more. */
const bodyLimitBytes = 256 * 1024;

/** Without a prototype, so that a parameter named `__proto__` is only a parameter. The first of a repeated name counts. */
function fieldsOf(parameters: URLSearchParams): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of parameters) fields[name] ??= value;
  return fields;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyLimitBytes) throw new RangeError('body too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws RangeError for a body beyond 256 KiB, TypeError for a target that is no path @internal */
export async function readRequest(request: IncomingMessage, baseUrl: string): Promise<EntraRequest> {
  const url = new URL(request.url ?? '/', baseUrl);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const body = await readBody(request);
  return {
    method: request.method ?? 'GET',
    url,
    headers,
    query: fieldsOf(url.searchParams),
    form: fieldsOf(new URLSearchParams(isForm ? body : '')),
  };
}

/** @internal */
export const json = (body: object, status = 200): EntraAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store, no-cache' },
  body,
});

/** @internal */
export const redirect = (location: string, headers: Readonly<Record<string, string>> = {}): EntraAnswer => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store', ...headers },
  body: '',
});

/** A page whose HTML comes from pages.ts. `script-src` is closed unless a nonce is given. @internal */
export const page = (body: string, status = 200, scriptNonce?: string): EntraAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // No form-action: browsers would apply it to the redirect that follows, and that goes to the application.
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'${
      scriptNonce === undefined ? '' : `; script-src 'nonce-${scriptNonce}'`
    }`,
    'referrer-policy': 'no-referrer',
  },
  body,
});

/** The answer as bytes. @internal */
export const bodyText = ({ body }: EntraAnswer): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** @internal */
export function sendAnswer(response: ServerResponse, answer: EntraAnswer): void {
  const text = bodyText(answer);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

/** One cookie of the Cookie header. @internal */
export function readCookie(request: EntraRequest, name: string): string | undefined {
  const pairs = (request.headers['cookie'] ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

import type { RequestIn } from './types.js';

/** Largest form read from a redirect URI; Entra's are far smaller. */
export const maxFormBytes = 65_536;

/**
 * Parameters of a redirect URI, by query or by form_post, each name once (the first value). A body that the application
 * has parsed already is used; otherwise it is read here.
 *
 * @param read how the text of a form is read that nobody has parsed
 */
export async function callbackParameters(
  request: RequestIn,
  read: (request: RequestIn) => Promise<string> = readForm,
): Promise<ReadonlyMap<string, string>> {
  if (request.method !== 'POST') return fromQuery(request.originalUrl ?? request.url ?? '');
  const body: unknown = request.body;
  // express.text() and express.raw() leave the form unparsed.
  if (typeof body === 'string' || body instanceof Uint8Array)
    return body.length > maxFormBytes
      ? new Map()
      : firstValues(new URLSearchParams(Buffer.from(body).toString('utf8')));
  if (typeof body === 'object' && body !== null) {
    // express.json() of Express 4 puts an empty object in place of a form that it has not read.
    const isRead = Object.keys(body).length > 0 || request.readableEnded;
    if (isRead) return fromBody(body);
  }
  // Anything but a form is left for whoever can read it.
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded/i.test(type)) return new Map();
  return firstValues(new URLSearchParams(await read(request)));
}

function fromQuery(url: string): ReadonlyMap<string, string> {
  const question = url.indexOf('?');
  return firstValues(new URLSearchParams(question < 0 ? '' : url.slice(question + 1)));
}

function firstValues(parameters: URLSearchParams): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of parameters) if (!values.has(name) && values.size < 32) values.set(name, value);
  return values;
}

function fromBody(body: object): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(body).slice(0, 32) as [string, unknown][]) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') values.set(name, first);
  }
  return values;
}

function readForm(request: RequestIn): Promise<string> {
  return new Promise((resolve, reject) => {
    if (request.readableEnded || request.destroyed) {
      // Somebody has read the body and kept nothing of it: no event would ever come.
      resolve('');
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxFormBytes) {
        reject(new Error('the form is too large'));
        request.removeAllListeners('data');
        request.resume();
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    request.on('error', reject);
    request.on('close', () => {
      reject(new Error('the request was aborted'));
    });
  });
}

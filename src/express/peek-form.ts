import { maxFormBytes } from './form-body.js';
import type { RequestIn, ResponseOut } from './types.js';

/** Where an authorization response begins. `state` is not among them: every form with an address has one. */
const namesOfResponse = ['error', 'code', 'id_token', 'access_token', 'admin_consent'] as const;

/** Whether fields can be an authorization response: an error, a code or tokens. */
export function isResponse(has: (name: string) => boolean): boolean {
  return namesOfResponse.some(has);
}

/**
 * The text of a form that nobody has parsed, which stays in the request: a body parser that comes later finds it there,
 * with all its fields. The text is empty where the form is too large for an authorization response and looks like none.
 *
 * All of it is read and put back before the stream has told its end; after that nothing could be put back.
 */
export function peekForm(request: RequestIn, response: ResponseOut): Promise<string> {
  response.once('finish', () => {
    dump(request);
  });
  return new Promise((resolve, reject) => {
    if (request.readableEnded || request.destroyed || request.headers['content-length'] === '0') {
      // Nothing is there, or somebody has read it and kept nothing: no event would ever come.
      resolve('');
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (settle: () => void): void => {
      request.off('readable', read).off('end', ended).off('error', failed).off('close', aborted);
      settle();
    };
    const text = (): string => Buffer.concat(chunks).toString('utf8');
    const putBack = (): void => {
      request.unshift(Buffer.concat(chunks));
    };
    const read = (): void => {
      for (let chunk: unknown = request.read(); chunk !== null; chunk = request.read()) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
        chunks.push(bytes);
        size += bytes.length;
        if (size > maxFormBytes) {
          done(tooLarge);
          return;
        }
      }
      // Without a byte there is nothing to put back, and the end comes by itself.
      if (!request.complete || size === 0) return;
      done(() => {
        putBack();
        resolve(text());
      });
    };
    const tooLarge = (): void => {
      const names = new URLSearchParams(text());
      if (isResponse((name) => names.has(name))) {
        reject(new Error('the form is too large'));
        request.resume();
      } else {
        putBack();
        resolve('');
      }
    };
    // A request that does not know when it is complete.
    const ended = (): void => {
      done(() => {
        resolve(text());
      });
    };
    const failed = (error: Error): void => {
      done(() => {
        reject(error);
      });
    };
    const aborted = (): void => {
      failed(new Error('the request was aborted'));
    };
    request.on('readable', read).on('end', ended).on('error', failed).on('close', aborted);
  });
}

/**
 * What nobody has read when the answer is out is thrown away, or the next request of this connection would wait behind
 * it. Node does that for requests that were never touched, which no longer includes this one.
 */
function dump(request: RequestIn): void {
  const isWanted = request.listenerCount('data') > 0 || request.listenerCount('readable') > 0;
  if (!request.readableEnded && !isWanted) request.resume();
}

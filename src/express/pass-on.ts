import { validateHeaderName, validateHeaderValue } from 'node:http';
import { types } from 'node:util';

/**
 * A foreign error for `next`: the very same value, except where Express 4 or 5 itself would end the process over it.
 *
 * Values that cannot be read (a revoked proxy, getters that throw) and errors with headers that no response can carry
 * become a plain Error with the value as `cause`. The stack of an ordinary Error is not touched: making its text would
 * cost more than all the rest.
 */
export function passable(error: unknown): unknown {
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return error;
  try {
    const { status, statusCode, headers } = readAsExpress(error as Bag);
    const isSent = isStatus(status) || isStatus(statusCode);
    if (isSent && typeof headers === 'object' && headers !== null) assertSendable(headers);
    return error;
  } catch {
    const plain = new Error('a value that cannot be read was thrown');
    return Object.defineProperty(plain, 'cause', { value: error });
  }
}

type Bag = Readonly<Record<string, unknown>>;

/**
 * All that Express's own handler reads, so that a getter that throws does it here. Named reads on purpose: a loop over
 * the names costs ten times as much.
 */
function readAsExpress(bag: Bag): Bag {
  const { message, name, status, statusCode, headers } = bag;
  const stack = types.isNativeError(bag) ? undefined : bag['stack'];
  return { message, name, status, statusCode, headers, stack };
}

/** Express sets the headers of an error that has a status; one that node:http refuses would throw there. */
function assertSendable(headers: object): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
  }
}

const isStatus = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value < 600;

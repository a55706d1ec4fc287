import { validateHeaderName, validateHeaderValue } from 'node:http';
import { types } from 'node:util';

/** What Express's own handler reads of an error, besides its stack. */
const readByExpress = ['message', 'name', 'status', 'statusCode', 'headers'] as const;

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
    const bag = error as Readonly<Record<string, unknown>>;
    let seen = 0;
    for (const key of readByExpress) if (bag[key] !== undefined) seen += 1;
    if (!types.isNativeError(error) && bag['stack'] !== undefined) seen += 1;
    const { headers } = bag;
    if (seen > 0 && typeof headers === 'object' && headers !== null) assertSendable(bag, headers);
    return error;
  } catch {
    const plain = new Error('a value that cannot be read was thrown');
    return Object.defineProperty(plain, 'cause', { value: error });
  }
}

/** Express sets the headers of an error that has a status; one that node:http refuses would throw there. */
function assertSendable(bag: Readonly<Record<string, unknown>>, headers: object): void {
  if (!isStatus(bag['status']) && !isStatus(bag['statusCode'])) return;
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
  }
}

const isStatus = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value < 600;

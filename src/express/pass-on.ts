import { validateHeaderName, validateHeaderValue } from 'node:http';
import { types } from 'node:util';

/**
 * A foreign error for `next`: the very same value, except where Express 4 or 5 itself would end the process over it.
 *
 * Values that cannot be read or printed (a revoked proxy, getters that throw, an object without `toString`) and errors
 * with headers that no response can carry become a plain Error with the value as `cause`.
 *
 * @param isPrinted Express puts the stack into its page, as it does outside production: it is read here first. Otherwise
 * that of an ordinary Error is not touched, because making its text would cost more than all the rest.
 */
export function passable(error: unknown, isPrinted: boolean): unknown {
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return error;
  try {
    const { status, statusCode, headers } = readAsExpress(error as Bag, isPrinted);
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
function readAsExpress(bag: Bag, isPrinted: boolean): Bag {
  const { message, name, status, statusCode, headers } = bag;
  const text = isPrinted || !hasOrdinaryStack(bag) ? textOf(bag) : undefined;
  return { message, name, status, statusCode, headers, text };
}

/** What Express prints. Throws where Express would: for a symbol, for instance. */
function textOf(bag: Bag): string {
  const { stack } = bag;
  return ''.concat((stack || (bag as { toString(): unknown }).toString()) as string);
}

/**
 * The one look at an accessor that does not make the text of the stack first: 0.06 us in place of 11 us (Node 20.20).
 * Annex B of ECMAScript, so it may be absent, and the stack then counts as ordinary.
 */
const { __lookupGetter__: lookupGetter } = Object.prototype as {
  readonly __lookupGetter__?: (this: object, key: string) => unknown;
};
/** undefined in Node 20; from V8's own getter in later versions, the same one for all errors. */
const ordinaryGetter = lookupGetter?.call(new Error(), 'stack');

/** Whether this is an Error whose stack is the one that V8 gave it, and no getter of somebody's own. */
function hasOrdinaryStack(error: object): boolean {
  // Nearly free, and true for every Error of Node 20 to 26; the other is there for realms and versions that differ.
  const hasStack = (error instanceof Error && Object.hasOwn(error, 'stack')) || types.isNativeError(error);
  return hasStack && lookupGetter?.call(error, 'stack') === ordinaryGetter;
}

/** Express sets the headers of an error that has a status; one that node:http refuses would throw there. */
function assertSendable(headers: object): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
  }
}

const isStatus = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value < 600;

/**
 * What was thrown, for `next`, or an Error with this text in place of what Express would take for "no error" or for a way
 * round the handlers that follow: nothing, `false`, `'route'`. A request must not pass because its check has failed so.
 */
export function failure(thrown: unknown, text: string): unknown {
  return Boolean(thrown) && thrown !== 'route' && thrown !== 'router' ? thrown : new Error(text);
}

import { ownError } from '../normalize/index.js';
import type { AadError } from '../types.js';

const notes = new WeakMap<object, number>();

/** Gives an error of ours the status of its answer: a callback that is no sign-in of ours is a bad request. */
export function noteStatus(error: object, status: number): void {
  notes.set(error, status);
}

export function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null ? notes.get(error) : undefined;
}

/** A callback whose state is missing, used, expired or not ours: a 400 page that says only "start again". */
export function strangeCallback(): AadError {
  const error = ownError('state_not_found');
  noteStatus(error, 400);
  return error;
}

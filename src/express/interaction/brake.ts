/**
 * The loop brake where each sign-in is seen to end: what counts is one that came back, with tokens or with an error. One
 * that is still open in a tab says nothing about the next.
 *
 * A loop in which nothing comes back needs a person's click in every round, because nothing but Entra's answer leads back
 * here. Where an answer comes back and is not recognised (its cookie was lost, for instance), the number of starts ends it.
 */
import {
  brakeCookie,
  countOf,
  finished,
  maxSignIns,
  noteBrake,
  openBrake,
  sealBrake,
  signInsFor,
  started,
  strike,
  type BrakeState,
  type CountedReason,
} from '../../interaction/index.js';
import type { RequestIn } from '../types.js';
import { cleared, type InteractionContext } from './context.js';
import type { Transaction } from './transaction.js';

/** A sign-in that begins by itself, and the `Set-Cookie` values that say so; undefined when it must not. */
export function beginFor(
  context: InteractionContext,
  request: RequestIn,
  key: string,
): { readonly reason: CountedReason; readonly setCookies: readonly string[] } | undefined {
  const state = stateOf(context, request);
  if (signInsFor(state, key) >= maxSignIns) return undefined;
  return { reason: { key, seen: countOf(state, key) }, setCookies: sealed(context, started(state, now(context))) };
}

/** `Set-Cookie` values once a sign-in has brought tokens, or the session is known to have them. */
export function countTokens(context: InteractionContext, request: RequestIn, transaction: Transaction): string[] {
  // The browser kept the brake back from a POST of Entra's: written now it would start from nothing.
  if (request.method === 'POST') return [];
  const state = stateOf(context, request);
  const counted = finished(struck(context, state, transaction), now(context));
  return counted === state ? [] : sealed(context, counted);
}

/** `Set-Cookie` values once a sign-in has come back with an error that may lead to the next one. */
export function countError(
  context: InteractionContext,
  request: RequestIn,
  transaction: Transaction,
  error: object | undefined,
): string[] {
  const state = stateOf(context, request);
  const counted = struck(context, state, transaction);
  if (error !== undefined) noteBrake(error, counted);
  // A POST is never answered with a redirect.
  return counted === state || request.method === 'POST' ? [] : sealed(context, counted);
}

/** `Set-Cookie` values for a way that is counted as it begins; undefined when it began too often. */
export function countStart(context: InteractionContext, request: RequestIn, key: string): string[] | undefined {
  const state = stateOf(context, request);
  return signInsFor(state, key) >= maxSignIns ? undefined : sealed(context, strike(state, key, now(context)));
}

/**
 * `Set-Cookie` values with which counting starts over. Earlier sign-ins may have helped, which is not seen, and a loop does
 * not come by a person's sign-out.
 */
export function forgetSignIns(context: InteractionContext, request: RequestIn): string[] {
  return cleared(context, request, brakeCookie);
}

function stateOf({ cookies, sealer, settings }: InteractionContext, { headers }: RequestIn): BrakeState {
  return openBrake(sealer, cookies, headers.cookie, settings.now());
}

function struck(context: InteractionContext, state: BrakeState, { reason }: Transaction): BrakeState {
  return reason === undefined ? state : strike(state, reason.key, now(context), reason.seen);
}

function sealed({ cookies, sealer, settings }: InteractionContext, state: BrakeState): string[] {
  return sealBrake(sealer, cookies, state, settings.now());
}

const now = ({ settings }: InteractionContext): number => settings.now();

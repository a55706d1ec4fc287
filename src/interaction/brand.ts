import type { Planner } from './planner.js';

/** Key under which an interaction carries its planner; survives two copies of the package. */
export const plannerKey = Symbol.for('aad-error-handler.planner');

/** The planner of something made by msalInteraction, else undefined. */
export function plannerOf(value: unknown): Planner | undefined {
  return typeof value === 'object' && value !== null
    ? ((value as Record<symbol, unknown>)[plannerKey] as Planner | undefined)
    : undefined;
}

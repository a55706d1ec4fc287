import type { Reading } from './aad-error.js';

/** The first reading with what it lacks taken from the second. Codes are joined, each once. */
export function fill(first: Reading, second: Reading | undefined): Reading;
export function fill(first: Reading | undefined, second: Reading | undefined): Reading | undefined;
export function fill(first: Reading | undefined, second: Reading | undefined): Reading | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const merged: Reading = { ...second };
  for (const [key, value] of Object.entries(first)) {
    if (value !== undefined) (merged as unknown as Record<string, unknown>)[key] = value;
  }
  merged.aadstsCodes = join(first.aadstsCodes, second.aadstsCodes);
  merged.b2cCodes = join(first.b2cCodes, second.b2cCodes);
  merged.unconfirmed = first.unconfirmed === true && second.unconfirmed === true;
  return merged;
}

function join<Code>(first: Code[] | undefined, second: Code[] | undefined): Code[] | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return [...first, ...second.filter((code) => !first.includes(code))];
}

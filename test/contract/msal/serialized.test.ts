/** MSAL's errors after a queue, a worker or a log has had them. */
import { describe, expect, it } from 'vitest';
import { lookupAadsts } from '../../../src/catalog/index.js';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import type { AadError, Decision } from '../../../src/types.js';
import { answers, type Answer, type Major } from './answers.js';
import { callTwice, endpointOf, majors } from './harness.js';

async function thrownBy(answer: Answer, major: Major): Promise<unknown> {
  const { status, body } = answer;
  const endpoint = endpointOf(false, () =>
    body instanceof Error
      ? Promise.reject(body)
      : Promise.resolve({ status, headers: {}, body: structuredClone(body) }),
  );
  const [{ thrown }] = await callTwice(major, 'authorization-code', endpoint);
  return thrown;
}

function read(value: unknown): { error: AadError; decision: Decision } {
  const error = normalize(value);
  if (error === undefined) throw new Error(`nothing was read from ${String(value)}`);
  return { error, decision: decide(error) };
}

const facts = ({ error }: { error: AadError }): object => ({ ...error });
const asThrown = answers.filter(({ thrown }) => thrown !== 'none' && thrown !== 'TypeError');

/** Nothing but the code is needed: no suberror and no claims, which a structured clone loses. */
const explainedByCode = asThrown.filter(({ body, codes, claims, claimsDropped }) => {
  const hasSuberror = typeof body === 'object' && body !== null && 'suberror' in body;
  const inText = JSON.stringify(body).includes(`AADSTS${String(codes[0])}`);
  const known = codes[0] !== undefined && lookupAadsts(codes[0]) !== undefined;
  return known && inText && !hasSuberror && claims === undefined && claimsDropped === undefined;
});

describe.each(majors)('msal-node %i', (major) => {
  it.each(asThrown.map((answer) => [answer.id, answer] as const))(
    'after JSON everything is the same: %s',
    async (_, answer) => {
      const thrown = await thrownBy(answer, major);
      const before = read(thrown);
      const after = read(JSON.parse(JSON.stringify(thrown)));
      expect(facts(after)).toEqual(facts(before));
      expect(after.decision).toEqual(before.decision);
    },
  );

  it.each(explainedByCode.map((answer) => [answer.id, answer] as const))(
    'after structuredClone, which keeps only the message: %s',
    async (_, answer) => {
      const thrown = await thrownBy(answer, major);
      const before = read(thrown);
      const after = read(structuredClone(thrown));
      const { aadstsCodes, traceId, correlationId, timestamp } = before.error;
      expect(after.error).toMatchObject({ aadstsCodes, traceId, correlationId, timestamp });
      const { action, situation } = before.decision;
      expect(after.decision).toMatchObject({ action, situation });
    },
  );
});

it('structured clones are tried on a good part of the table', () => {
  expect(explainedByCode.length).toBeGreaterThan(40);
});

import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide/index.js';
import { normalize } from '../../../src/normalize/index.js';
import { answers, correlationId, type Answer, type Major, type MsalFlow, type Thrown } from './answers.js';
import { expectedOf, type Expected } from './expectations.js';
import {
  callTwice,
  endpointOf,
  flows,
  majors,
  msalOf,
  requestCorrelationId,
  type Call,
  type NetworkAnswer,
} from './harness.js';
import { formatTable, misledBy, summarize, writeTable, type Seen } from './table.js';

const seenOf = new Map<string, Seen[]>();

/** The endpoint sends a fresh copy each time: MSAL writes into what it gets. */
function send({ status, headers, body }: Answer): Promise<NetworkAnswer> {
  return body instanceof Error
    ? Promise.reject(body)
    : Promise.resolve({ status, headers: { ...headers }, body: structuredClone(body) });
}

function nameOf({ thrown, resolved }: Call): Thrown {
  return resolved ? 'none' : ((thrown as Error).name as Thrown);
}

function actualOf(call: Call, flow: MsalFlow): Expected {
  const error = normalize(call.thrown);
  const base = { thrown: nameOf(call), asked: call.asked };
  if (error === undefined) return base;
  const { action, situation, retryable } = decide(error);
  const inFlow = decide(error, { flow });
  return {
    ...base,
    read: {
      oauthError: error.oauthError,
      suberror: error.suberror,
      clientCode: error.clientCode,
      aadstsCodes: error.aadstsCodes,
      b2cCodes: error.b2cCodes,
      claims: error.claims,
      claimsDropped: error.claimsDropped === true ? true : undefined,
      traceId: error.traceId,
      correlationId: error.correlationId === requestCorrelationId ? undefined : error.correlationId,
      timestamp: error.timestamp,
      throttledLocally: error.throttledLocally === true ? true : undefined,
    },
    decided: { action, situation, retryable },
    decidedInFlow: { action: inFlow.action, situation: inFlow.situation, retryable: inFlow.retryable },
  };
}

function seenIn(call: Call, number: 1 | 2, major: Major, flow: MsalFlow): Seen {
  const error = normalize(call.thrown);
  const code = (call.thrown as { errorCode?: unknown } | undefined)?.errorCode;
  return {
    major,
    flow,
    call: number,
    name: nameOf(call),
    errorCode: typeof code === 'string' ? code : '',
    isInteractionRequired: call.thrown instanceof msalOf[major].InteractionRequiredAuthError,
    ...(error !== undefined && {
      action: decide(error).action,
      actionInFlow: decide(error, { flow }).action,
      situation: decide(error).situation,
    }),
  };
}

describe.each(majors)('msal-node %i: the right reading and the right action for', (major) => {
  it.each(answers.map((answer) => [answer.id, answer] as const))('%s', async (id, answer) => {
    const actual: Record<string, Expected> = {};
    const expected: Record<string, Expected> = {};
    for (const flow of flows) {
      const endpoint = endpointOf(flow === 'silent', () => send(answer));
      const calls = await callTwice(major, flow, endpoint);
      calls.forEach((call, index) => {
        const number = index === 0 ? 1 : 2;
        seenOf.set(id, [...(seenOf.get(id) ?? []), seenIn(call, number, major, flow)]);
        if (number === 1 && answer.unasserted?.includes(flow) === true) return;
        actual[`${flow}, call ${String(number)}`] = actualOf(call, flow);
        expected[`${flow}, call ${String(number)}`] = expectedOf(answer, major, flow, number);
      });
    }
    expect(actual).toEqual(expected);
  });
});

describe.each(majors)('msal-node %i: ids', (major) => {
  const answer = answers.find(({ id }) => id === 'MFA not passed');

  it.each(flows.filter((flow) => flow !== 'device-code'))(
    "the id of the request never replaces the server's: %s",
    async (flow) => {
      if (answer === undefined) throw new Error('answers.ts is empty');
      const [{ thrown }] = await callTwice(
        major,
        flow,
        endpointOf(flow === 'silent', () => send(answer)),
      );
      const error = normalize(thrown);
      expect(error?.correlationId).toBe(correlationId);
      // MSAL 3 and later leave the server's id in place for silent calls.
      const keepsServerId = flow === 'silent' && major !== 2;
      expect(error?.requestCorrelationId).toBe(keepsServerId ? undefined : requestCorrelationId);
    },
  );

  it.each(flows)("a connection that failed has the request's id, and none of a server: %s", async (flow) => {
    const reset = answers.find(({ id }) => id === 'connection reset');
    if (reset === undefined) throw new Error('answers.ts has no lost connection');
    const [{ thrown }] = await callTwice(
      major,
      flow,
      endpointOf(flow === 'silent', () => send(reset)),
    );
    expect(normalize(thrown)).toMatchObject({ clientCode: 'network_error' });
    expect(normalize(thrown)?.correlationId).toBeUndefined();
  });

  it('device code keeps no id of the server', async () => {
    if (answer === undefined) throw new Error('answers.ts is empty');
    const [{ thrown }] = await callTwice(
      major,
      'device-code',
      endpointOf(false, () => send(answer)),
    );
    expect(normalize(thrown)).toMatchObject({ requestCorrelationId, flow: 'device-code' });
  });
});

describe('the table', () => {
  it('has at least 80 answers, each with its own name', () => {
    expect(answers.length).toBeGreaterThanOrEqual(80);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length);
  });

  it('has answers where the class of MSAL misleads either way', () => {
    const kinds = new Set([...seenOf.values()].flat().map(misledBy));
    expect(kinds).toContain('redirects in vain');
    expect(kinds).toContain('shows an error instead of signing in');
  });

  it('saw an action for every call that threw, but for the general TypeError', () => {
    const unread = [...seenOf.values()].flat().filter(({ name, action }) => name !== 'none' && action === undefined);
    expect(unread.every(({ name }) => name === 'TypeError')).toBe(true);
  });

  afterAll(() => {
    const path = writeTable(formatTable(answers, seenOf));
    console.log(`${summarize(answers, seenOf)}\nfull table: ${path}`);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runDaemon, type DaemonOptions, type LogLine } from '../../examples/daemon/daemon.mjs';
import { showRounds } from '../../examples/daemon/start.mjs';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { buildLibrary, run, type Library, type Running } from './processes.js';

const never = new AbortController().signal;

describe('the rounds that are shown', () => {
  test('a short failure is retried, an outage opens the circuit and is survived, an expired secret ends it', async () => {
    const lines: LogLine[] = [];
    const said: string[] = [];
    const { exitCode, requests } = await showRounds({
      say: (text) => said.push(text),
      signal: never,
      log: (line) => lines.push(line),
    });
    expect(said).toHaveLength(6);
    expect(exitCode).toBe(78);
    // Round 2: the 503 and its repetition.
    expect(requests.slice(0, 2)).toEqual([1, 2]);
    expect(requests[5]).toBe(1);
    const circuits = lines.filter(({ circuit }) => circuit !== undefined).map(({ circuit }) => circuit);
    expect(circuits[0]).toBe('open');
    expect(circuits.at(-1)).toBe('closed');
    // From its opening in round 3 to its closing in round 5 nothing goes out but one probe at a time.
    const probes = circuits.filter((circuit) => circuit === 'half-open').length;
    const sent = requests.slice(2, 5).reduce((total, count) => total + count, 0);
    expect(sent - probes).toBeLessThanOrEqual(3);
    // Done in rounds 1, 2 and 5.
    expect(lines.filter(({ done }) => done === true)).toHaveLength(3);
    const failures = lines.filter(({ level }) => level !== 'info');
    expect(failures.map(({ level, action, exitCode: code }) => [level, action, code])).toEqual([
      ['warn', 'retry', undefined],
      ['warn', 'retry', undefined],
      ['error', 'fix_config', 78],
    ]);
    expect(failures[2]).toMatchObject({
      who: 'developer',
      code: 'AADSTS7000222',
      link: 'https://login.microsoftonline.com/error?code=7000222',
      remedy: expect.stringContaining('New client secret'),
      traceId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });
});

describe('the daemon in the hands of others', () => {
  let entra: LocalEntra;
  const lines: LogLine[] = [];
  beforeEach(async () => {
    entra = await createLocalEntra({ accessTokenSeconds: 60 });
  });
  afterEach(async () => {
    await entra.close();
    lines.length = 0;
  });
  const start = (options: DaemonOptions, { apiUrl = `${entra.url}/api/me`, signal = never } = {}) => {
    const { auth } = entra.msalConfiguration();
    const log = (line: LogLine) => lines.push(line);
    const quick = { pauseMs: 20, retry: { attempts: 2, baseDelayMs: 10, maxDelayMs: 50, budgetMs: 2_000 } };
    return runDaemon({ auth, scope: 'api://tasks/.default', apiUrl, signal, log }, { ...quick, ...options });
  };

  test('an outage that does not end is a temporary failure after so many rounds, not before', async () => {
    entra.failAlways({ outage: 'reset' });
    expect(await start({ maxFailures: 3 })).toBe(75);
    const failures = lines.filter(({ level }) => level === 'warn');
    expect(failures.map(({ exitCode }) => exitCode)).toEqual([undefined, undefined, 75]);
  });

  test('rounds that work in between count from the beginning', async () => {
    const ending = new AbortController();
    const code = await start(
      {
        maxFailures: 2,
        breaker: { failureThreshold: 100 },
        beforeRound(round) {
          if (round === 8) ending.abort();
          else if (round % 2 === 0) entra.failNext({ outage: 'reset', times: 2 });
        },
      },
      { signal: ending.signal },
    );
    expect(code).toBe(0);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(3);
    expect(lines.filter(({ done }) => done === true)).toHaveLength(4);
  });

  test('what is no identity error is not swallowed', async () => {
    await expect(start({}, { apiUrl: `${entra.url}/nothing-here` })).rejects.toThrow('answered 404');
    expect(lines).toEqual([]);
  });

  test('a token that the API refuses is an identity failure like any other', async () => {
    // The keys of this LocalEntra are its own, so that the token is not valid there.
    entra.failNext({ flow: 'client-credentials', status: 200, body: { token_type: 'Bearer', access_token: 'a.b.c', expires_in: 60 } }); // prettier-ignore
    const code = await start({});
    expect(code).toBe(78);
    expect(lines).toMatchObject([{ level: 'error', action: 'fix_config', who: 'developer', exitCode: 78 }]);
  });
});

describe('as a process of its own', () => {
  let library: Library;
  let entra: LocalEntra;
  const processes: Running[] = [];
  beforeAll(async () => {
    [library, entra] = await Promise.all([buildLibrary(), createLocalEntra({ accessTokenSeconds: 60 })]);
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((running) => running.stop('SIGKILL')));
    entra.reset();
  });
  afterAll(async () => {
    await entra.close();
    library.remove();
  });

  function startDaemon(): Running {
    const running = run(['examples/start.mjs', 'daemon'], library, {
      TENANT_ID: entra.tenantId,
      CLIENT_ID: entra.clientId,
      CLIENT_SECRET: entra.clientSecret,
      SCOPE: 'api://tasks/.default',
      API_URL: `${entra.url}/api/me`,
      AUTHORITY_METADATA: entra.msalConfiguration().auth.authorityMetadata,
    });
    processes.push(running);
    return running;
  }

  test.each([
    [7000222, 78, 'fix_config'],
    [700016, 78, 'fix_config'],
    [53003, 77, 'contact_admin'],
  ] as const)('AADSTS%i ends it with exit code %i and one line', async (code, exitCode, action) => {
    entra.failAlways(code);
    const daemon = startDaemon();
    expect(await daemon.ended).toBe(exitCode);
    const { stdout, stderr } = daemon.output();
    expect(stdout).toBe('');
    const line = JSON.parse(stderr) as LogLine;
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(line).toMatchObject({ level: 'error', action, code: `AADSTS${String(code)}`, exitCode });
    expect(stderr).not.toContain(entra.clientSecret);
  });

  test('a polite end while it waits is exit code 0', async () => {
    const daemon = startDaemon();
    await daemon.shows(/"done":true/);
    const startedMs = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(daemon.output().stderr).toBe('');
  });

  test('a polite end in the middle of a token call does not wait for the answer', async () => {
    entra.failAlways({ flow: 'client-credentials', outage: 'slow', delayMs: 8_000 });
    const daemon = startDaemon();
    await expect
      .poll(() => entra.requests.some(({ endpoint }) => endpoint === 'token'), { timeout: 10_000 })
      .toBe(true);
    const startedMs = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

/**
 * What the coverage-guided fuzzer calls: bytes in, an exception when a promise is broken. The first byte chooses the
 * surface, the rest is the input as UTF-8 text. Whatever throws is a finding.
 */
import { localeTags } from '../../src/catalog/index.js';
import { decide } from '../../src/decide/index.js';
import { toLocalUrl } from '../../src/interaction/index.js';
import { decodeClaims, normalize, parseChallenges, parseRetryAfter, redactText } from '../../src/normalize/index.js';
import { createSettings } from '../../src/options.js';
import { answer } from '../../src/responder.js';
import { escapeHtml, formatChallenge } from '../../src/respond/index.js';
import { grammarProblem } from '../unit/respond/challenge-grammar.js';

const nowMs = Date.UTC(2026, 0, 15, 10, 20, 30);
const origin = 'https://app.contoso.example';
const settings = createSettings('fuzz', { timeZone: 'UTC', exposeDetails: false }, 'production');

function assert(condition: boolean, promise: string): void {
  if (!condition) throw new Error(`broken: ${promise}`);
}

function understand(thrown: unknown): void {
  const error = normalize(thrown, { nowMs });
  if (error === undefined) return;
  assert(error.claims === undefined || decodeClaims(error.claims) === error.claims, 'claims are decoded once');
  assert(
    error.aadstsCodes.every((code) => Number.isInteger(code) && code >= 100),
    'codes are numbers',
  );
  const decision = decide(error);
  assert(decision.retryable === (decision.action === 'retry'), 'only retry is retryable');
  for (const accept of ['text/html', 'application/json']) answerTo(thrown, accept);
}

function answerTo(thrown: unknown, accept: string): void {
  const request = { method: 'GET', url: '/mail', headers: { accept, 'accept-language': localeTags[0] } };
  const response = answer(thrown, request, settings, { nowMs })?.response;
  if (response === undefined) return;
  for (const value of Object.values(response.headers)) assert(/^[\x20-\x7e]*$/.test(value), 'headers are ASCII');
  const challenge = response.headers['www-authenticate'];
  assert(challenge === undefined || grammarProblem(challenge) === undefined, 'challenges are valid');
  assert(Buffer.byteLength(response.body) <= 32_768, 'answers are small');
  if (accept === 'text/html') assert(!/<(?:script|img|iframe|svg|object)|\son\w+=/i.test(response.body), 'own markup');
  else assert(Number(JSON.parse(response.body).status) === response.status, 'the document knows its status');
}

/** JSON of any shape, with the texts that make it look like an identity error. */
function fromJson(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  understand(value);
  if (typeof value === 'object') understand(Object.assign(new Error('x'), value));
}

const surfaces: readonly ((text: string) => void)[] = [
  fromJson,
  understand,
  (text) => {
    understand(new Error(text));
  },
  (text) => {
    understand({ status: 401, headers: { 'www-authenticate': text, 'retry-after': text } });
    for (const { scheme, parameters } of parseChallenges(text)) {
      assert(scheme === scheme.toLowerCase(), 'schemes are in lower case');
      const claims = parameters.get('claims');
      const written = formatChallenge({
        scheme,
        realm: parameters.get('realm') ?? '',
        ...(claims !== undefined && { claims }),
      });
      assert(grammarProblem(written) === undefined, 'written challenges are valid');
    }
  },
  (text) => {
    const seconds = parseRetryAfter(text, nowMs);
    assert(
      seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400),
      'waits are whole seconds of a day at most',
    );
  },
  (text) => {
    for (const candidate of [text, `/${text}`, `${origin}/${text}`]) {
      const location = toLocalUrl(candidate, origin);
      if (location === undefined) continue;
      assert(new URL(location, `${origin}/a/b`).origin === origin, 'return URLs stay here');
      assert(toLocalUrl(location) === location && /^\/[\x21-\x7e]*$/.test(location), 'return URLs are final');
    }
  },
  (text) => {
    const secret = 'canary-Zq8-canary';
    for (const label of ['client_secret=', 'Authorization: Bearer ', '"password":"']) {
      assert(
        !redactText(`${text}\n${label}${secret}\n`).includes(secret),
        'a labelled secret is hidden behind any text',
      );
    }
    assert(!redactText(`${text}\nmail jane.doe@contoso.example\n`).includes('jane.doe'), 'and so is a mail address');
    assert(!/[<>"']/.test(escapeHtml(text)), 'escaped text is text');
  },
  (text) => {
    understand({ query: Object.fromEntries(new URLSearchParams(text)) });
    answerTo({ error: 'invalid_grant', error_description: text, error_codes: [50105] }, 'text/html');
  },
];
export const surfaceCount = surfaces.length;

/** A slow input is a finding too: no text of this size may take that long. */
const maxMs = 500;

export function fuzz(bytes: Buffer): void {
  const started = performance.now();
  surfaces[(bytes[0] ?? 0) % surfaces.length]?.(bytes.subarray(1).toString('utf8'));
  assert(performance.now() - started < maxMs, `an input takes less than ${String(maxMs)} ms`);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges, readChallenges } from '../../src/normalize/challenge.js';
import { formatChallenge, type ChallengeInput } from '../../src/respond/challenge.js';
import { grammarProblem } from '../unit/respond/challenge-grammar.js';
import { check, timeoutMs } from './runs.js';

/** What formatChallenge promises to keep as it is: printable ASCII without `"` and `\`, no blank at the ends. */
const plainUnit = fc
  .integer({ min: 0x20, max: 0x7e })
  .filter((unit) => unit !== 0x22 && unit !== 0x5c)
  .map((unit) => String.fromCharCode(unit));
const nasty = fc.constantFrom('{', '}', ',', '=', ' ', 'Bearer ', 'claims=', "'", '%22', ';', 'e30=', '{}');
const plain = fc.array(fc.oneof(plainUnit, nasty), { maxLength: 40 }).map((units) => units.join(''));
const trimmed = plain.map((text) => text.trim()).filter((text) => text !== '');
const scopeToken = plain.map((text) => text.replaceAll(' ', '')).filter((text) => text !== '');
const claims = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 4 })
  .map((value) => JSON.stringify(value))
  .filter((json) => json.length < 1_500);

const representable: fc.Arbitrary<ChallengeInput> = fc.record(
  {
    scheme: fc.constantFrom('Bearer', 'PoP', 'DPoP'),
    realm: plain,
    authorizationUri: scopeToken.map((path) => `https://login.example/${path}`),
    clientId: trimmed,
    error: trimmed,
    errorDescription: trimmed,
    scope: fc.array(scopeToken, { minLength: 1, maxLength: 4 }),
    claims,
    acrValues: fc.array(scopeToken, { minLength: 1, maxLength: 3 }),
    maxAge: fc.nat(),
  },
  { requiredKeys: [] },
);

const list = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(' '));

function expectedParameters(input: ChallengeInput): Record<string, string> {
  return {
    ...(input.realm !== undefined && { realm: input.realm }),
    ...(input.authorizationUri !== undefined && { authorization_uri: input.authorizationUri }),
    ...(input.clientId !== undefined && { client_id: input.clientId }),
    ...(input.error !== undefined && { error: input.error }),
    ...(input.errorDescription !== undefined && { error_description: input.errorDescription }),
    ...(input.scope !== undefined && { scope: list(input.scope) }),
    ...(input.claims !== undefined && { claims: Buffer.from(input.claims).toString('base64') }),
    ...(input.acrValues !== undefined && { acr_values: list(input.acrValues) }),
    ...(input.maxAge !== undefined && { max_age: String(input.maxAge) }),
  };
}

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ maxLength: 2_000 }));
const anyInput: fc.Arbitrary<ChallengeInput> = fc.record(
  {
    scheme: anyText,
    realm: anyText,
    authorizationUri: fc.oneof(anyText, fc.webUrl()),
    clientId: anyText,
    error: anyText,
    errorDescription: anyText,
    scope: fc.oneof(anyText, fc.array(anyText, { maxLength: 5 })),
    claims: fc.oneof(anyText, fc.json()),
    acrValues: fc.oneof(anyText, fc.array(anyText, { maxLength: 5 })),
    maxAge: fc.oneof(fc.double(), fc.integer()),
  },
  { requiredKeys: [] },
);

describe('challenges', () => {
  it(
    'every written header is valid, whatever the input',
    () => {
      check('formatChallenge', anyInput, (input) => {
        const header = formatChallenge(input);
        expect(grammarProblem(header)).toBeUndefined();
        expect(header.length).toBeLessThanOrEqual(7_680);
        return undefined;
      });
    },
    timeoutMs,
  );

  it(
    'parse(format(x)) = x',
    () => {
      check('parse(format(x)) = x', representable, (input) => {
        const [challenge, ...more] = parseChallenges(formatChallenge(input));
        expect(more).toStrictEqual([]);
        expect(challenge?.scheme).toBe((input.scheme ?? 'Bearer').toLowerCase());
        expect(Object.fromEntries(challenge?.parameters ?? [])).toStrictEqual(expectedParameters(input));
        if (input.claims !== undefined && input.scheme !== 'DPoP') {
          expect(readChallenges(challenge === undefined ? [] : [challenge])?.claims).toBe(input.claims);
        }
        return undefined;
      });
    },
    timeoutMs,
  );

  it(
    'several written challenges in one value are read one by one',
    () => {
      check('two challenges', fc.tuple(representable, representable), (inputs) => {
        const read = parseChallenges(inputs.map((input) => formatChallenge(input)).join(', '));
        expect(read.map(({ parameters }) => Object.fromEntries(parameters))).toStrictEqual(
          inputs.map(expectedParameters),
        );
        return undefined;
      });
    },
    timeoutMs,
  );

  it(
    'the parser never throws, and gives lower-case names and at most 16 challenges',
    () => {
      const parts = fc.array(
        fc.constantFrom(
          'Bearer',
          'PoP',
          'x',
          ' ',
          '\t',
          ',',
          '=',
          '"',
          '\\',
          '{',
          '}',
          "'",
          'claims',
          'ERROR',
          'e30=',
          '\u0000',
          '\ud800',
          'a=b',
          '{"',
        ),
        { maxLength: 60 },
      );
      check(
        'any header',
        fc.oneof(
          parts.map((units) => units.join('')),
          fc.string({ unit: 'binary' }),
          fc.array(fc.string(), { maxLength: 20 }),
        ),
        (header) => {
          const challenges = parseChallenges(header);
          readChallenges(challenges);
          return (
            challenges.length <= 16 &&
            challenges.every(
              ({ scheme, parameters }) =>
                scheme === scheme.toLowerCase() && [...parameters.keys()].every((key) => key === key.toLowerCase()),
            )
          );
        },
      );
    },
    timeoutMs,
  );
});

/**
 * What is mutated, in parts of a minute or two each. A new file of src/normalize or src/decide must be put into one of
 * them: run.mjs refuses to start otherwise.
 */
export const areas = {
  challenge: ['src/normalize/challenge.ts', 'src/normalize/challenge-reading.ts', 'src/respond/challenge.ts'],
  escape: ['src/respond/html.ts', 'src/respond/headers.ts'],
  'return-url': ['src/interaction/return-url.ts'],
  redact: ['src/normalize/redact.ts'],
  decide: ['src/decide/evidence.ts', 'src/decide/index.ts', 'src/decide/rules.ts'],
  'wire-formats': [
    'src/normalize/claims.ts',
    'src/normalize/resource.ts',
    'src/normalize/retry-after.ts',
    'src/normalize/storage.ts',
    'src/normalize/token-response.ts',
    'src/normalize/unusable-token.ts',
    'src/normalize/vocabulary.ts',
  ],
  libraries: [
    'src/normalize/azure-identity.ts',
    'src/normalize/http-response.ts',
    'src/normalize/network.ts',
    'src/normalize/openid-client.ts',
    'src/normalize/passport.ts',
  ],
  'text-evidence': ['src/normalize/text-evidence.ts'],
  text: ['src/normalize/text.ts'],
  msal: ['src/normalize/msal.ts', 'src/normalize/answer-note.ts'],
  door: ['src/normalize/aad-error.ts', 'src/normalize/index.ts', 'src/normalize/merge.ts'],
  read: ['src/normalize/read.ts'],
};

/** Folders whose whole score is held as well. */
export const folders = ['src/decide', 'src/normalize'];

/**
 * The tests that mutants are tried against: the tables of one stage each, which run in seconds. Contract, HTTP and
 * property tests are left out; they would find more, at a hundred times the price for every mutant.
 */
export const testPaths = [
  'test/unit/decide/',
  'test/unit/normalize/',
  'test/unit/interaction/return-url.test.ts',
  'test/unit/respond/challenge.test.ts',
  'test/unit/respond/headers.test.ts',
  'test/unit/respond/html.test.ts',
];

/**
 * Bounds in milliseconds say nothing about mutated code, and values of 10 MB make every mutant wait: what the guards
 * against them do stands in the tables of read.test.ts and tree.test.ts as well.
 */
export const excludedTests = ['test/unit/normalize/hostile.test.ts', 'test/unit/normalize/linear-time.test.ts'];

import { readdirSync } from 'node:fs';

/**
 * What is mutated, in parts of a minute or two each, and the tests that mutants of a part are tried against: those that
 * concern it and run in seconds. A new file of src must be put into one of them: run.mjs refuses to start otherwise.
 */
/** What a table says behind Express as well: two majors and a socket take a hundred times as long. */
const overExpress = [
  'cost at most a millisecond',
  'express 4',
  'express 5',
  'not ours',
  'in README',
  'title and detail of the problem',
];

const normalizing = ['test/unit/normalize/', 'test/unit/decide/'];

export const areas = {
  challenge: {
    files: ['src/normalize/challenge.ts', 'src/normalize/challenge-reading.ts', 'src/respond/challenge.ts'],
    tests: [...normalizing, 'test/unit/respond/challenge.test.ts'],
  },
  escape: {
    files: ['src/respond/html.ts', 'src/respond/headers.ts'],
    tests: ['test/unit/respond/html.test.ts', 'test/unit/respond/headers.test.ts'],
  },
  'return-url': { files: ['src/interaction/return-url.ts'], tests: ['test/unit/interaction/return-url.test.ts'] },
  redact: { files: ['src/normalize/redact.ts'], tests: normalizing },
  decide: {
    files: ['src/decide/evidence.ts', 'src/decide/index.ts', 'src/decide/rules.ts'],
    tests: ['test/unit/decide/', 'test/unit/normalize/'],
  },
  'wire-formats': {
    files: [
      'src/normalize/claims.ts',
      'src/normalize/resource.ts',
      'src/normalize/retry-after.ts',
      'src/normalize/storage.ts',
      'src/normalize/token-response.ts',
      'src/normalize/unusable-token.ts',
      'src/normalize/vocabulary.ts',
    ],
    tests: normalizing,
  },
  libraries: {
    files: [
      'src/normalize/azure-identity.ts',
      'src/normalize/http-response.ts',
      'src/normalize/jose.ts',
      'src/normalize/network.ts',
      'src/normalize/printed.ts',
      'src/normalize/openid-client.ts',
      'src/normalize/passport.ts',
    ],
    tests: normalizing,
  },
  'text-evidence': { files: ['src/normalize/text-evidence.ts'], tests: normalizing },
  text: { files: ['src/normalize/text.ts'], tests: normalizing },
  msal: { files: ['src/normalize/msal.ts', 'src/normalize/answer-note.ts'], tests: normalizing },
  door: {
    files: [
      'src/normalize/aad-error.ts',
      'src/normalize/foreign.ts',
      'src/normalize/hosts.ts',
      'src/normalize/index.ts',
      'src/normalize/merge.ts',
    ],
    tests: normalizing,
  },
  read: { files: ['src/normalize/read.ts'], tests: normalizing },
  sealed: {
    files: [
      'src/interaction/cookies.ts',
      'src/interaction/random.ts',
      'src/interaction/sealed.ts',
      'src/interaction/ticket.ts',
    ],
    tests: [
      'test/unit/interaction/cookies.test.ts',
      'test/unit/interaction/ticket.test.ts',
      'test/unit/interaction/sealed.test.ts',
      'test/unit/interaction/random.test.ts',
    ],
  },
  planner: {
    files: [
      'src/interaction/admin-consent.ts',
      'src/interaction/brand.ts',
      'src/interaction/caller.ts',
      'src/interaction/claims-ledger.ts',
      'src/interaction/index.ts',
      'src/interaction/loop-brake.ts',
      'src/interaction/planner.ts',
      'src/interaction/request.ts',
    ],
    tests: [
      'test/unit/interaction/admin-consent.test.ts',
      'test/unit/interaction/request.test.ts',
      'test/unit/interaction/caller.test.ts',
      'test/unit/interaction/claims-ledger.test.ts',
      'test/unit/interaction/loop-brake.test.ts',
    ],
  },
  'express-handler': {
    files: [
      'src/express/auth-response.ts',
      'src/express/delegated.ts',
      'src/express/error-handler.ts',
      'src/express/form-body.ts',
      'src/express/index.ts',
      'src/express/own-page.ts',
      'src/express/own-start.ts',
      'src/express/pass-on.ts',
      'src/express/peek-form.ts',
      'src/express/secrets.ts',
      'src/express/status-note.ts',
      'src/express/types.ts',
      'src/express/write.ts',
    ],
    tests: [
      'test/unit/express/error-handler.test.ts',
      'test/unit/express/auth-response.test.ts',
      'test/unit/express/delegated.test.ts',
      'test/unit/express/peek-form.test.ts',
      'test/unit/express/write.test.ts',
    ],
  },
  'express-routes': {
    files: [
      'src/express/interaction-ticket.ts',
      'src/express/msal-interaction.ts',
      'src/express/interaction/account.ts',
      'src/express/interaction/acquire-token.ts',
      'src/express/interaction/admin-consent-routes.ts',
      'src/express/interaction/authorize.ts',
      'src/express/interaction/brake.ts',
      'src/express/interaction/context.ts',
      'src/express/interaction/msal-client.ts',
      'src/express/interaction/options.ts',
      'src/express/interaction/redirect-route.ts',
      'src/express/interaction/sign-in-routes.ts',
      'src/express/interaction/transaction.ts',
    ],
    tests: [
      'test/unit/express/interaction-options.test.ts',
      'test/unit/express/interaction-ticket.test.ts',
      'test/unit/express/routes.test.ts',
      'test/unit/interaction/hints.test.ts',
    ],
  },
  'express-api': {
    files: [
      'src/express/explorer.ts',
      'src/express/require-auth-context.ts',
      'src/express/token-claims.ts',
      'src/throw-on-challenge.ts',
    ],
    tests: [
      'test/unit/express/require-auth-context.test.ts',
      'test/unit/express/token-claims.test.ts',
      'test/unit/throw-on-challenge.test.ts',
      'test/unit/express/explorer.test.ts',
    ],
  },
  answer: {
    files: [
      'src/respond/account-privacy.ts',
      'src/respond/input.ts',
      'src/respond/main-action.ts',
      'src/respond/negotiate.ts',
      'src/respond/prepared.ts',
      'src/respond/problem.ts',
      'src/respond/index.ts',
      'src/respond/settings.ts',
      'src/respond/table.ts',
      'src/respond/texts.ts',
    ],
    tests: [
      'test/unit/respond/problem.test.ts',
      'test/unit/respond/problem-text.test.ts',
      'test/unit/respond/main-action.test.ts',
      'test/unit/responder.test.ts',
      'test/http/answers.test.ts',
      'test/http/negotiate.test.ts',
    ],
    without: overExpress,
  },
  page: {
    files: [
      'src/respond/administrator-mail.ts',
      'src/respond/colour.ts',
      'src/respond/developer-part.ts',
      'src/respond/fixed-parts.ts',
      'src/respond/icon.ts',
      'src/respond/page-policy.ts',
      'src/respond/page.ts',
      'src/respond/stylesheet.ts',
    ],
    tests: [
      'test/unit/respond/icon.test.ts',
      'test/unit/respond/page-policy.test.ts',
      'test/unit/respond/stylesheet.test.ts',
      'test/unit/respond/colour.test.ts',
      'test/unit/respond/developer-part.test.ts',
      'test/unit/respond/page.test.ts',
      'test/unit/respond/administrator-mail.test.ts',
      'test/http/answers.test.ts',
    ],
    without: overExpress,
  },
  responder: {
    files: [
      'src/core.ts',
      'src/index.ts',
      'src/responder.ts',
      'src/types.ts',
      'src/events/event.ts',
      'src/events/index.ts',
      'src/events/telemetry.ts',
    ],
    tests: ['test/unit/responder.test.ts', 'test/unit/core.test.ts', 'test/unit/events/'],
  },
  options: {
    files: ['src/locale-options.ts', 'src/option-checks.ts', 'src/options.ts', 'src/own-fields.ts'],
    tests: ['test/unit/own-fields.test.ts', 'test/unit/options.test.ts', 'test/unit/locale-options.test.ts'],
  },
  retry: {
    files: [
      'src/retry/answer-note.ts',
      'src/retry/breaker-store.ts',
      'src/retry/circuit-breaker.ts',
      'src/retry/errors.ts',
      'src/retry/index.ts',
      'src/retry/network-client.ts',
      'src/retry/options.ts',
      'src/retry/redis-breaker-store.ts',
      'src/retry/timer.ts',
      'src/retry/with-aad-retry.ts',
    ],
    tests: ['test/unit/retry/'],
  },
  doctor: {
    files: [
      'src/doctor/audiences.ts',
      'src/doctor/facts.ts',
      'src/doctor/index.ts',
      'src/doctor/permission-rules.ts',
      'src/doctor/rule.ts',
      'src/doctor/token-rules.ts',
      'src/doctor/token.ts',
      'src/doctor/types.ts',
    ],
    tests: ['test/unit/doctor/'],
  },
  explain: {
    files: [
      'src/explain/claims.ts',
      'src/explain/details.ts',
      'src/explain/explanation.ts',
      'src/explain/index.ts',
      'src/explain/locale.ts',
      'src/explain/texts.ts',
    ],
    tests: ['test/unit/explain/'],
  },
  'explorer-reading': {
    files: ['src/explorer/layout.ts', 'src/explorer/pasted.ts', 'src/explorer/request.ts', 'src/explorer/shown.ts'],
    tests: ['test/unit/explorer/reading.test.ts', 'test/unit/explorer/pages.test.ts'],
  },
  explorer: {
    files: [
      'src/explorer/answers.ts',
      'src/explorer/decision.ts',
      'src/explorer/diagnosis.ts',
      'src/explorer/examples.ts',
      'src/explorer/home.ts',
      'src/explorer/index.ts',
      'src/explorer/result.ts',
      'src/explorer/samples.ts',
      'src/explorer/stylesheet.ts',
      'src/explorer/view.ts',
    ],
    tests: ['test/unit/explorer/pages.test.ts', 'test/unit/explorer/explorer.test.ts'],
    without: ['hostile input ', 'the page comes in '],
  },
  catalog: {
    files: [
      'src/catalog/details.ts',
      'src/catalog/index.ts',
      'src/catalog/locales.ts',
      'src/catalog/packed.ts',
      'src/catalog/rules.ts',
      'src/catalog/search.ts',
    ],
    tests: ['test/unit/catalog/'],
  },
  client: { files: ['src/client/index.ts'], tests: ['test/interaction/client.test.ts'] },
};

/** Folders whose whole score is held as well. */
export const folders = ['src/decide', 'src/normalize'];

/** Commands for developers, stand-ins for tests, and data. */
const notMutated = ['src/catalog/generated/', 'src/cli/', 'src/testing/'];

/** Every file that an area must hold. */
export const mutatedFiles = (root) =>
  readdirSync(`${root}src`, { recursive: true })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !notMutated.some((folder) => file.startsWith(folder)));

/**
 * Bounds in milliseconds say nothing about mutated code, and values of 10 MB make every mutant wait: what the guards
 * against them do stands in the tables of read.test.ts and tree.test.ts as well.
 */
const excluded = ['test/unit/normalize/hostile.test.ts', 'test/unit/normalize/linear-time.test.ts'];

/** Single tests that take seconds or measure memory: generated cases of what stands in a table beside them. */
const excludedTests = [
  '10,000 users leave nothing in the memory of the server',
  'shapes whatever is given, nothing is thrown and every sentence is whole',
  'shows every entry with reading, decision and answers, and decides as its row says',
  'an accent colour any colour at all can be read in both schemes',
  'so are the answers to every code in every language',
  'a function that hangs leaves the built-in page after a second',
  '10,000 requests with an expired secret alert once',
  'is under 1 kB when built, and needs nothing',
  'whatever stands in an option: it works, or an AadOptionsError says what is wrong',
];
export const isExcludedTest = (area, name) =>
  [...excludedTests, ...(areas[area].without ?? [])].some((part) => name.includes(part));

/** Test files and folders of an area. */
export const testsOf = (area) => ({ paths: areas[area].tests, excluded });

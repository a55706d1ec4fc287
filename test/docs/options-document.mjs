/**
 * Makes examples/OPTIONS.md from the TSDoc of the option interfaces: `npm run docs:options` writes it, a test compares.
 *
 * Every option must say what it means and, when it may be left out, its default value.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
export const documentPath = fileURLToPath(new URL('examples/OPTIONS.md', root));

/** What is called, the interface of its options, and where that stands. `members`: interfaces of values that are objects. */
const calls = [
  {
    title: 'aadErrorHandler(options)',
    about: 'The error handler. All are optional.',
    from: ['src/express/error-handler.ts', 'AadErrorHandlerOptions'],
    inherited: [
      ['src/options.ts', 'RespondOptions'],
      ['src/events/index.ts', 'EventOptions'],
    ],
    members: [
      ['branding', 'src/options.ts', 'BrandingOptions'],
      ['branding.links[]', 'src/respond/settings.ts', 'PageLink'],
      ['locales[]', 'src/locale-options.ts', 'OwnLocale'],
      ['overrides[]', 'src/types.ts', 'Override'],
    ],
  },
  {
    title: 'msalInteraction(options)',
    about: 'The routes of sign-in, challenge, consent, sign-out and the redirect URI, on your ConfidentialClientApplication.',
    from: ['src/express/interaction/options.ts', 'MsalInteractionOptions'],
    members: [
      ['getAccount(request)', 'src/express/interaction/msal-client.ts', 'AccountLike'],
    ],
  },
  {
    title: 'auth.acquireToken(request, tokenRequest)',
    about: "`auth` is what `msalInteraction` returned. Whatever else MSAL's `acquireTokenSilent` takes is passed on.",
    from: ['src/express/interaction/msal-client.ts', 'TokenRequest'],
  },
  {
    title: 'aadAuthResponse(options)',
    about: 'For a redirect URI of your own.',
    from: ['src/express/auth-response.ts', 'AadAuthResponseOptions'],
  },
  {
    title: 'readInteractionTicket(request, options)',
    about: 'In your own sign-in route, with `interaction: \'/login\'`.',
    from: ['src/express/interaction-ticket.ts', 'InteractionTicketOptions'],
  },
  {
    title: 'requireAuthContext(id, options)',
    about: '`id` is an authentication context, `c1` to `c99`, or a function of the request that returns one; undefined lets the request pass.',
    from: ['src/express/require-auth-context.ts', 'AuthContextOptions'],
    members: [['stepUp', 'src/express/require-auth-context.ts', 'StepUpOptions']],
  },
  {
    title: 'throwOnChallenge(response, options)',
    about: "After a `fetch` of another API, or anything with its `status` and `headers.get`.",
    from: ['src/throw-on-challenge.ts', 'ThrowOnChallengeOptions'],
  },
  {
    title: 'aadErrorExplorer(options)',
    about: 'All options of `createAadResponder`, and one more. `exposeDetails` is false here: the explorer itself shows more.',
    from: ['src/express/explorer.ts', 'AadErrorExplorerOptions'],
  },
  {
    title: 'createAadResponder(options)',
    about: 'The answers without Express; `responder.respond(error, request, context)` takes the context below.',
    list: ['src/options.ts', 'RespondOptions'],
    members: [
      ['request', 'src/responder.ts', 'RequestLike'],
      ['context', 'src/responder.ts', 'RespondContext', ['src/types.ts', 'DecideContext']],
    ],
  },
  {
    title: 'normalizeAadError(thrown, context)',
    about: 'What you know about the call that failed.',
    from: ['src/normalize/index.ts', 'NormalizeContext'],
  },
  {
    title: 'decide(error, context)',
    about: 'The same in `context` of `withAadRetry`.',
    from: ['src/types.ts', 'DecideContext'],
  },
  {
    title: 'explain(codeOrTextOrThrown, options)',
    from: ['src/explain/explanation.ts', 'ExplainOptions'],
  },
  {
    title: 'diagnose(error, options)',
    from: ['src/doctor/types.ts', 'DiagnoseOptions'],
  },
  {
    title: 'listAadsts(filter)',
    from: ['src/catalog/details.ts', 'ListFilter'],
  },
  {
    title: 'withAadRetry(fn, options)',
    from: ['src/retry/with-aad-retry.ts', 'AadRetryOptions'],
  },
  {
    title: 'aadNetworkClient(options)',
    about: "For `system.networkClient` of MSAL's configuration.",
    from: ['src/retry/network-client.ts', 'AadNetworkClientOptions'],
  },
  {
    title: 'createCircuitBreaker(options)',
    from: ['src/retry/circuit-breaker.ts', 'CircuitBreakerOptions'],
  },
  {
    title: 'createRedisBreakerStore(client, options)',
    from: ['src/retry/redis-breaker-store.ts', 'RedisBreakerStoreOptions'],
  },
  {
    title: 'createLocalEntra(options)',
    about: 'From `aad-error-handler/testing`.',
    from: ['src/testing/options.ts', 'LocalEntraOptions'],
    members: [
      ['entra.accessToken(request)', 'src/testing/local-entra.ts', 'AccessTokenRequest'],
      ['entra.throttle(options)', 'src/testing/local-entra.ts', 'ThrottleOptions'],
      ['entra.failNext(code, details)', 'src/testing/plans.ts', 'PlanDetails', ['src/testing/responses.ts', 'TokenErrorDetails', ['now', 'traceId', 'correlationId']]],
    ],
  },
  {
    title: 'createAadError(options)',
    about: 'From `aad-error-handler/testing`. `tokenErrorResponse(code, details)` takes the members that are not about MSAL.',
    from: ['src/testing/create-aad-error.ts', 'AadErrorOptions'],
    inherited: [['src/testing/responses.ts', 'TokenErrorDetails', ['headers', 'retryAfterSeconds']]],
  },
]; // prettier-ignore

/** Names of the interfaces whose members stand in the document. */
export const documentedInterfaces = calls.flatMap(({ from, list, inherited = [], members = [] }) => [
  ...[from, list].flatMap((place) => (place === undefined ? [] : [place[1]])),
  ...inherited.map(([, name]) => name),
  ...members.map(([, , name]) => name),
]);

const sources = new Map();
function sourceOf(path) {
  if (!sources.has(path)) sources.set(path, ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
  return sources.get(path);
}

function interfaceOf(path, name) {
  const found = sourceOf(path).statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`${path} has no interface ${name}`);
  return found;
}

/** The words of a doc comment: what stands before the first tag, and the text of @defaultValue. */
function commentOf(node) {
  const text = node.getSourceFile().text;
  const range = ts.getLeadingCommentRanges(text, node.pos)?.findLast(({ pos }) => text.startsWith('/**', pos));
  if (range === undefined) return { meaning: '', defaultValue: undefined };
  const lines = text.slice(range.pos + 3, range.end - 2).split('\n');
  const words = lines.map((line) => line.trim().replace(/^\* ?/, '')).join(' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
  const [meaning, ...tags] = words.split(/(?:^|\s)@(?=[A-Za-z]+\s)/);
  const defaultValue = tags.find((tag) => tag.startsWith('defaultValue '))?.slice('defaultValue '.length);
  return { meaning: meaning.replace(/\{@link ([^}]+)\}/g, '`$1`').trim(), defaultValue: defaultValue?.trim() };
}

const typeText = (node) =>
  node === undefined ? 'unknown' : node.getText().replace(/\/\*[\s\S]*?\*\//g, '').replace(/\breadonly /g, '').replace(/\s+/g, ' ').replace(/^\| /, '').replace(/ \| undefined$/, '').replace(/; \}/g, ' }'); // prettier-ignore

/** `AppFunction<[request: AppRequest], string>` as the function that it is. */
function functionText(node) {
  if (node === undefined || !ts.isTypeReferenceNode(node) || node.typeName.getText() !== 'AppFunction') return typeText(node); // prettier-ignore
  const [parameters, result] = node.typeArguments ?? [];
  return `(${typeText(parameters).slice(1, -1)}) => ${typeText(result)}`;
}

/** Unions of words that have a name, such as `Flow`, by that name: a table says the words. */
const unions = new Map(
  ['src/types.ts', 'src/testing/plans.ts', 'src/testing/create-aad-error.ts'].flatMap((path) => {
    const { statements } = sourceOf(path);
    const lists = new Map(
      statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .map(({ name, initializer }) => [
          name.getText(),
          /^\[([\s\S]*)\] as const$/.exec(initializer?.getText() ?? '')?.[1],
        ]),
    );
    return statements.filter(ts.isTypeAliasDeclaration).flatMap(({ name, type }) => {
      const text = type.getText().replace(/\s+/g, ' ').replace(/^\| /, '');
      const list = lists.get(/^\(typeof (\w+)\)\[number\]$/.exec(text)?.[1]);
      const words = list?.split(',').map((word) => word.trim()).filter((word) => word !== '').join(' | ') ?? text; // prettier-ignore
      return /^(?:'[\w-]+'|\d+)(?: \| (?:'[\w-]+'|\d+))+$/.test(words) ? [[name.text, words]] : [];
    });
  }),
);

/** Options of an interface in the order of the source; nested literals follow with a dot in their name. */
function optionsOf(path, name, without = [], prefix = '') {
  return membersOf(interfaceOf(path, name).members, `${path}: ${name}`, without, prefix);
}

function membersOf(members, where, without, prefix) {
  return members.flatMap((member) => {
    if (!ts.isPropertySignature(member)) return [];
    const option = `${prefix}${member.name.getText()}`;
    if (without.includes(option)) return [];
    const { meaning, defaultValue } = commentOf(member);
    const optional = member.questionToken !== undefined;
    if (meaning === '') throw new Error(`${where}.${option} says nothing about itself`);
    if (optional && defaultValue === undefined) throw new Error(`${where}.${option} has no @defaultValue`);
    const literal = member.type !== undefined && ts.isTypeLiteralNode(member.type) ? member.type.members : undefined;
    const written = literal === undefined ? functionText(member.type) : 'object';
    const type = unions.get(written) ?? written;
    return [
      { option, type, defaultValue: optional ? defaultValue : '**required**', meaning },
      ...(literal === undefined ? [] : membersOf(literal, `${where}.${option}`, [], `${option}.`)),
    ];
  });
}

const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => `\`${text}\``;
function table(options) {
  const rows = options.map(
    ({ option, type, defaultValue, meaning }) =>
      `| ${code(option)} | ${cell(code(type))} | ${cell(defaultValue)} | ${cell(meaning)} |`,
  );
  return ['| option | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function section({ title, about, from, inherited = [], members = [], list }) {
  const own = from === undefined ? [] : optionsOf(...from);
  const more = inherited.flatMap(([path, name, without]) => optionsOf(path, name, without));
  const names = list === undefined ? [] : optionsOf(...list).map(({ option }) => code(option));
  const parts = [
    `## ${title}`,
    ...(about === undefined ? [] : [about]),
    ...(names.length === 0 ? [] : [`Those of [aadErrorHandler](#aaderrorhandleroptions) that shape answers: ${names.join(', ')}.`]), // prettier-ignore
    ...(own.length + more.length === 0 ? [] : [table([...own, ...more])]),
    ...members.flatMap(([name, path, shape, parent]) => [
      `${code(name)}:`,
      table([...optionsOf(path, shape), ...(parent === undefined ? [] : optionsOf(...parent))]),
    ]),
  ];
  return parts.join('\n\n');
}

/** Ids of what people are told, with the English title: for `texts` and `overrides`. */
function situations() {
  const { situations: texts } = JSON.parse(read('data/locales/en.json'));
  const rows = Object.entries(texts).map(([id, { title }]) => `| ${code(id)} | ${cell(title)} |`);
  return ['| situation | title in English |', '| --- | --- |', ...rows].join('\n');
}

/** The whole document. */
export function optionsDocument() {
  const contents = calls.map(({ title }) => `[${title.split('(')[0]}](#${slug(title)})`).join(' · ');
  return `<!-- Generated by \`npm run docs:options\` from the doc comments in src. Do not edit. -->

# Options

Every option of every call. An option that does not exist, or cannot work, is an error when the application starts: [ERRORS.md](ERRORS.md).

${contents} · [situations](#situations)

${calls.map(section).join('\n\n')}

## Situations

What people are told. \`texts\` gives one other words, \`overrides\` leads to one. In other languages: \`aad-error-handler/locales/<tag>\`.

${situations()}
`;
}

/** The anchor that GitHub makes of a heading. */
function slug(heading) {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-'); // prettier-ignore
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(documentPath, optionsDocument());

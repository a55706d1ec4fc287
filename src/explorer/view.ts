import { catalogEntries, catalogKey, type CatalogEntry } from '../catalog/index.js';
import { diagnoseWith, readTokenFacts, type Diagnosis, type TokenFacts } from '../doctor/index.js';
import { explain, type Explanation } from '../explain/index.js';
import type { Planner } from '../interaction/index.js';
import { answer, type Answer, type RequestLike } from '../responder.js';
import type { Settings } from '../respond/index.js';
import type { AadError, Decision, RequestKind, ResponseSpec } from '../types.js';
import { examples } from './examples.js';
import { readPasted } from './pasted.js';
import type { ExplorerRequest } from './request.js';
import { sampleOf } from './samples.js';

/** What the explorer works with. */
export interface ExplorerSetup {
  readonly settings: Settings;
  /** Tags of the languages to choose from. */
  readonly locales: readonly string[];
  /** Seals a pasted text, so that the same form can show it in another language; undefined when it is too long. */
  readonly seal: (value: object) => string | undefined;
  readonly open: (sealed: string) => unknown;
  /** Whether a token may be given. */
  readonly takesToken: boolean;
  readonly nowMs: number;
}

/** Where the error of a result came from. */
export type Subject =
  | { readonly from: 'entry'; readonly entry: CatalogEntry }
  | { readonly from: 'example'; readonly id: string; readonly text: string }
  | { readonly from: 'paste'; readonly text: string; readonly again: string | undefined };

/** Everything a result page shows. */
export interface View {
  readonly subject: Subject;
  readonly explanation: Explanation;
  readonly error: AadError | undefined;
  readonly decision: Decision | undefined;
  /** What clients are told differs from this, so that nobody learns whether an account exists. */
  readonly isMasked: boolean;
  /** The three answers; undefined when the middleware passes the error on. */
  readonly answers: Readonly<Record<RequestKind, ResponseSpec>> | undefined;
  readonly diagnosis: Diagnosis | undefined;
  readonly locale: string;
  readonly signIn: boolean;
}

interface Pasted {
  readonly text: string;
  readonly wanted: readonly string[];
  readonly token?: TokenFacts;
}

const maxPastedLength = 65_536;

/** The result that was asked for; undefined when the request names none, or one that does not exist. */
export function readView(request: ExplorerRequest, setup: ExplorerSetup): View | undefined {
  const entry = request.entry === undefined ? undefined : entryOf(request.entry);
  if (entry !== undefined)
    return viewOf(
      { from: 'entry', entry },
      sampleOf(entry, setup.nowMs),
      { text: entry.id, wanted: [] },
      request,
      setup,
    );
  const example = examples.find(({ id }) => id === request.example);
  if (example !== undefined) {
    const { id, text } = example;
    return viewOf({ from: 'example', id, text }, readPasted(text), { text, wanted: [] }, request, setup);
  }
  const pasted = pastedOf(request, setup);
  if (pasted === undefined) return undefined;
  // A bare code is looked up: there is no error around it.
  const bare = catalogKey(pasted.text) === undefined ? undefined : entryOf(pasted.text);
  if (bare !== undefined)
    return viewOf({ from: 'entry', entry: bare }, sampleOf(bare, setup.nowMs), pasted, request, setup);
  const subject: Subject = { from: 'paste', text: pasted.text, again: setup.seal(pasted) };
  return viewOf(subject, readPasted(pasted.text), pasted, request, setup);
}

function pastedOf({ text, token, wanted, again }: ExplorerRequest, setup: ExplorerSetup): Pasted | undefined {
  if (text !== undefined) {
    const facts = setup.takesToken && token !== undefined ? readTokenFacts(token, setup.nowMs) : undefined;
    return { text: text.slice(0, maxPastedLength), wanted, ...(facts !== undefined && { token: facts }) };
  }
  // Sealed by this process: what opens has the shape it was given.
  return again === undefined ? undefined : (setup.open(again) as Pasted | undefined);
}

/** An entry by its key (`resourceErrors:graph:TooManyRequests`), its code or its bare name. */
function entryOf(wanted: string): CatalogEntry | undefined {
  const key = catalogKey(wanted);
  const code = key === undefined ? undefined : `${key.startsWith('AADB2C') ? 'aadb2c' : 'aadsts'}:${key}`;
  for (const entry of catalogEntries()) if (entry.key === (code ?? wanted) || entry.id === wanted) return entry;
  return undefined;
}

function viewOf(
  subject: Subject,
  value: unknown,
  { text, wanted, token }: Pasted,
  request: ExplorerRequest,
  setup: ExplorerSetup,
): View {
  const { settings, nowMs } = setup;
  const locale = setup.locales.find((tag) => tag === request.locale) ?? settings.localeFor(request.locale);
  const explanation = explain(subject.from === 'entry' ? text : value, { nowMs });
  const found = answersTo(value, locale, request.signIn, setup);
  const known = found?.navigation.undisclosed ?? found?.navigation;
  const read = subject.from === 'entry' ? explain(value, { nowMs }) : explanation;
  const diagnosis =
    read.diagnosis === undefined && token === undefined && wanted.length === 0
      ? undefined
      : diagnoseWith(value, token, wanted, nowMs);
  return {
    subject,
    explanation,
    error: known?.error ?? read.error,
    decision: known?.decision ?? read.decision,
    isMasked: found?.navigation.undisclosed !== undefined,
    answers: found && {
      navigation: found.navigation.response,
      script: found.script.response,
      api: found.api.response,
    },
    diagnosis,
    locale,
    signIn: request.signIn,
  };
}

const clients: Readonly<Record<RequestKind, Readonly<Record<string, string>>>> = {
  navigation: { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  script: { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  api: { accept: 'application/json', authorization: 'Bearer example' },
};

/** What the middleware answers to the three kinds of client: the real thing, but for the sign-in it leads to. */
function answersTo(
  value: unknown,
  locale: string,
  signIn: boolean,
  { settings, nowMs }: ExplorerSetup,
): Readonly<Record<RequestKind, Answer>> | undefined {
  const planner = signIn ? examplePlanner : undefined;
  const ask = (kind: RequestKind): Answer | undefined => {
    const request: RequestLike = {
      method: 'GET',
      url: '/mail',
      headers: { ...clients[kind], 'accept-language': locale },
    };
    return answer(value, request, settings, { planner, nowMs });
  };
  const [navigation, script, api] = [ask('navigation'), ask('script'), ask('api')];
  return navigation === undefined || script === undefined || api === undefined
    ? undefined
    : { navigation, script, api };
}

/** Addresses as msalInteraction makes them, with a ticket that opens nothing. */
const examplePlanner: Planner = {
  attempts: () => 0,
  plan(decision, _error, facts) {
    const forUser = ['interactive', 'claims_challenge', 'consent'].includes(decision.action);
    return {
      ...(forUser && facts.kind !== 'api' && { url: '/auth/challenge?ticket=example' }),
      signInUrl: '/auth/sign-in',
      adminConsentUrl: 'https://app.contoso.example/auth/admin-consent',
      attempts: 0,
      setCookies: [],
    };
  },
};

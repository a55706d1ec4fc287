import type { Locale } from '../catalog/index.js';
import type { Decision } from '../types.js';
import { adminConsentUrl, administratorMail, administratorRequest } from './administrator-mail.js';
import { developerPart } from './developer-part.js';
import type { FixedParts, Helper, SupportLine } from './fixed-parts.js';
import { html, trusted, type Html } from './html.js';
import type { RespondInput } from './input.js';
import { mainAction, needsSignIn, signsInElsewhere, type MainAction } from './main-action.js';
import { preparedPage } from './prepared.js';
import { nextStepElsewhere, textsOf, uiText } from './texts.js';

/** Seconds until the page reloads itself: growing, never before the server's own wait. */
export function reloadDelaySeconds(reloads: number, retryAfterSeconds: number | undefined): number {
  return Math.max(retryAfterSeconds ?? 0, 10 * 2 ** Math.min(reloads, 6));
}

/** Whether this answer reloads itself: a safe navigation told to retry, a bounded number of times. */
export function willReload({ decision, facts, settings }: RespondInput): boolean {
  return (
    decision.action === 'retry' && facts.kind === 'navigation' && facts.safe && facts.reloads < settings.maxReloads
  );
}

/** What an application's own page is made of. Plain texts, not escaped; ids are checked by shape. */
export interface PageModel {
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly situation: string;
  readonly action: Decision['action'];
  readonly title: string;
  readonly message: string;
  readonly nextStep: string;
  readonly helpDesk: string;
  /** The one thing to do now: a path of this application, or a `mailto:` to the administrator; and the button's text. */
  readonly mainAction: { readonly url: string; readonly label: string };
  readonly adminConsentUrl: string | undefined;
  readonly applicationName: string | undefined;
  /** Lines to quote to the help desk. */
  readonly supportDetails: string;
}

export function pageModel(input: RespondInput): PageModel {
  const { decision, facts, settings } = input;
  const locale = settings.localeOf(facts.locale);
  const texts = textsOf(settings, locale, decision.situation);
  const main = buttonOf(input, locale);
  return {
    locale: locale.tag,
    direction: locale.direction,
    situation: decision.situation,
    action: decision.action,
    title: texts.title,
    message: texts.message,
    nextStep: signsInElsewhere(input) ? nextStepElsewhere(settings, locale, decision.situation) : texts.nextStep,
    helpDesk: texts.helpDesk,
    mainAction: { url: main.url, label: uiText(locale, main.label) },
    adminConsentUrl: adminConsentUrl(input),
    applicationName: settings.branding.applicationName,
    supportDetails: supportBlock(input, locale),
  };
}

/**
 * The page for a person. One document without script or foreign resources; the first sentence says what happened, the
 * first link is what to do. All free text comes from the catalogue or from the application's options.
 */
export function renderPage(input: RespondInput): string {
  const { decision, facts, settings } = input;
  const locale = settings.localeOf(facts.locale);
  const parts = preparedPage(settings, facts.locale, decision.situation);
  const main = buttonOf(input, locale);
  return html`${parts.head}${notes(input, locale)}${signsInElsewhere(input) ? parts.nextStepElsewhere : parts.nextStep}${note(waitText(input, locale))}<p class="actions">${link(main.url, uiText(locale, main.label), 'button')}${secondButton(input, locale)}</p>
${forward(input, locale)}${parts.helpers.get(helperOf(decision))}${parts.support}${supportMarkup(input, parts)}${parts.supportEnd}${settings.exposeDetails && developerPart({ ...input, ...input.undisclosed })}${parts.end}`
    .markup;
}

/** What came before, when it needs a word. */
function notes(input: RespondInput, locale: Locale): Html | undefined {
  if (nothingSubmitted(input)) return note(uiText(locale, 'nothingSubmitted'));
  return triedAlready(input) ? note(uiText(locale, 'triedAlready', { count: input.plan?.attempts ?? 0 })) : undefined;
}

/** The main button. Only an administrator can approve, so there the thing to do is to write to one. */
function buttonOf(input: RespondInput, locale: Locale): MainAction {
  return input.decision.action === 'admin_consent'
    ? { url: administratorMail(input, locale), label: 'writeToAdministrator' }
    : mainAction(input);
}

/** For the one who is an administrator. */
function secondButton(input: RespondInput, locale: Locale): Html | undefined {
  const url = input.decision.action === 'admin_consent' ? adminConsentUrl(input) : undefined;
  return url === undefined ? undefined : link(url, uiText(locale, 'openApprovalPage'), 'button second');
}

function link(url: string, text: string, name: string): Html {
  return html`<a class="${name}" href="${url}">${text}</a>`;
}

function note(text: string | false | undefined): Html | undefined {
  return text === undefined || text === false || text === ''
    ? undefined
    : html`<p class="note">${text}</p>
`;
}

/** A form_post to the redirect URI is Entra's own form, not one that the person filled in. */
function nothingSubmitted({ decision, error, facts }: RespondInput): boolean {
  const isCallback = error.origin === 'authorization-response' || error.producer === 'aad-error-handler';
  return !facts.safe && !isCallback && needsSignIn(decision);
}

function triedAlready({ decision, plan }: RespondInput): boolean {
  return decision.rule === 'loop-brake' && (plan?.attempts ?? 0) > 1;
}

function waitText(input: RespondInput, locale: Locale): string | undefined {
  const { decision, facts, settings, retryAfterSeconds } = input;
  if (decision.action !== 'retry') return undefined;
  if (willReload(input)) {
    return uiText(locale, 'reloadsItself', {
      seconds: reloadDelaySeconds(facts.reloads, retryAfterSeconds),
      attempt: facts.reloads + 1,
      limit: settings.maxReloads,
    });
  }
  if (facts.reloads > 0) return uiText(locale, 'reloadStopped');
  return retryAfterSeconds === undefined ? undefined : uiText(locale, 'waitSeconds', { seconds: retryAfterSeconds });
}

/** The request to copy: open where an approval is what is needed, folded at the end of a cancelled sign-in. */
function forward(input: RespondInput, locale: Locale): Html | undefined {
  const { action } = input.decision;
  const url = adminConsentUrl(input);
  if (action !== 'admin_consent' && url === undefined) return undefined;
  const heading = uiText(locale, 'messageToForward');
  const request = html`<pre class="prose" tabindex="0">${withLinkInOnePiece(administratorRequest(input, locale), url)}</pre>`;
  if (action !== 'user_cancelled')
    return html`<h2>${heading}</h2>
${request}
`;
  return html`<details><summary>${heading}</summary>
${note(uiText(locale, 'administratorRoute'))}${request}
<p class="actions">${link(administratorMail(input, locale), uiText(locale, 'writeToAdministrator'), 'button second')}</p>
</details>
`;
}

/** An address reads from left to right, also in a text that does not. */
function withLinkInOnePiece(text: string, url: string | undefined): readonly Html[] {
  const at = url === undefined ? -1 : text.lastIndexOf(url);
  return url === undefined || at < 0
    ? [html`${text}`]
    : [html`${text.slice(0, at)}<bdi dir="ltr">${url}</bdi>${text.slice(at + url.length)}`];
}

function helperOf(decision: Decision): Helper {
  if (decision.who === 'admin') return 'askAdministrator';
  if (decision.who === 'developer' || decision.action === 'fix_config' || decision.action === 'unknown')
    return 'askApplicationOwner';
  return decision.action === 'retry' || decision.who === 'nobody' ? 'askNobody' : 'askAdministrator';
}

function supportMarkup(input: RespondInput, { labels }: FixedParts): Html {
  let markup = '';
  eachSupportLine(input, (id, value) => {
    markup += html`${labels[id]}${value}</bdi>`.markup;
  });
  return trusted(markup);
}

/** The ids to quote, one a line, so that one selection copies them all. */
function supportBlock(input: RespondInput, locale: Locale): string {
  const lines: string[] = [];
  eachSupportLine(input, (id, value) => lines.push(`${uiText(locale, id)}: ${value}`));
  return lines.join('\n');
}

function eachSupportLine(
  { decision, error, facts, settings }: RespondInput,
  write: (id: SupportLine, value: string) => void,
): void {
  const time = error.timestamp ?? `${new Date(facts.nowMs).toISOString().slice(0, 19)}Z`;
  write('code', decision.code ?? decision.situation);
  if (error.correlationId !== undefined) write('correlationId', error.correlationId);
  if (error.traceId !== undefined) write('traceId', error.traceId);
  write('timeUtc', time);
  const local = localTime(time, settings.timeZone, facts.locale);
  if (local !== undefined) write('timeLocal', local);
}

/** The time where the application's people are; a server cannot know the browser's zone without script. */
function localTime(time: string, timeZone: string | undefined, tag: string): string | undefined {
  const format = localFormat(timeZone, tag);
  return format === undefined ? undefined : format.format(new Date(time));
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** One formatter a language and zone: making one costs more than the page. At most as many as there are locales. */
function localFormat(timeZone: string | undefined, tag: string): Intl.DateTimeFormat | undefined {
  const key = `${tag} ${timeZone ?? ''}`;
  if (formats.has(key)) return formats.get(key);
  const zone = timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const format =
    zone === 'UTC'
      ? undefined
      : new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'long', timeZone: zone });
  formats.set(key, format);
  return format;
}

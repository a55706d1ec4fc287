/** The page and its model, on plain facts; test/http/answers.test.ts has one of each action whole. */
import { describe, expect, test } from 'vitest';
import { detailsOf } from '../../../src/catalog/index.js';
import { pageModel, reloadDelaySeconds, type RespondInput } from '../../../src/respond/index.js';
import { administratorMail, administratorRequest } from '../../../src/respond/administrator-mail.js';
import { renderPage, willReload } from '../../../src/respond/page.js';
import { localeOf } from '../../../src/catalog/index.js';
import type { AadError, Decision, RequestFacts } from '../../../src/types.js';
import { readPage } from '../../http/support.js';
import { english } from '../../data/read-data.js';
import { correlationId, pageInput, type PageQuestion } from './page-input.js';

type Changes<Shape> = { readonly [Name in keyof Shape]?: Shape[Name] | undefined };
interface Given extends Partial<PageQuestion> {
  readonly error?: Changes<AadError>;
  readonly decision?: Changes<Decision>;
  readonly facts?: Partial<RequestFacts>;
  readonly retryAfterSeconds?: number | undefined;
}

function inputOf({ error = {}, decision = {}, facts = {}, ...given }: Given = {}): RespondInput {
  const base = pageInput({ action: 'contact_admin', situation: 'session-expired', ...given });
  return {
    ...base,
    error: { ...base.error, ...error } as AadError,
    decision: { ...base.decision, ...decision } as Decision,
    facts: { ...base.facts, ...facts },
    ...('retryAfterSeconds' in given && { retryAfterSeconds: given.retryAfterSeconds }),
  };
}
const sourceOf = (given: Given): string => renderPage(inputOf(given));
const linesOf = (given: Given): readonly string[] => readPage(sourceOf(given)).content;
const ui = (id: string): string => english.ui[id]!;

describe('when a page reloads itself', () => {
  test.each([
    [0, undefined, 10],
    [1, undefined, 20],
    [2, 7, 40],
    [0, 17, 17],
    [6, undefined, 640],
    [9, undefined, 640],
  ])('after %i times and a wait of %s: in %i s', (reloads, wait, wanted) => {
    expect(reloadDelaySeconds(reloads, wait)).toBe(wanted);
  });

  test.each<[string, Given, boolean]>([
    ['a safe navigation told to retry', {}, true],
    ['its last time', { facts: { reloads: 2 } }, true],
    ['after its last time', { facts: { reloads: 3 } }, false],
    ['where reloading is switched off', { options: { maxReloads: 0 } }, false],
    ['a form', { safe: false }, false],
    ['a script', { facts: { kind: 'script' } }, false],
    ['anything but a retry', { action: 'contact_admin' }, false],
  ])('%s', (_name, given, wanted) => {
    expect(willReload(inputOf({ action: 'retry', situation: 'service-busy', ...given }))).toBe(wanted);
  });

  test.each<[string, Given, readonly string[]]>([
    ['it says when, and how often still', {}, ['note: ' + english.ui['reloadsItself']!.replace('{seconds} ', '30\u00a0').replace('{attempt}', '1').replace('{limit}', '3')]],
    ['it says that it has stopped', { facts: { reloads: 3 } }, [`note: ${english.ui['reloadStopped']!}`]],
    ['a form says how long to wait', { safe: false }, ['note: ' + english.ui['waitSeconds']!.replace('{seconds} ', '30\u00a0')]],
    ['a form says nothing where nobody knows', { safe: false, retryAfterSeconds: undefined }, []],
    ['other pages say nothing', { action: 'contact_admin', retryAfterSeconds: 30 }, []],
  ])('%s', (_name, given, wanted) => {
    const lines = linesOf({ action: 'retry', situation: 'service-busy', ...given });
    expect(lines.filter((line) => line.startsWith('note: '))).toEqual(wanted);
  }); // prettier-ignore
});

describe('notes', () => {
  const notesOf = (given: Given): readonly string[] => linesOf(given).filter((line) => line.startsWith('note: '));
  const plan = { url: '/login' };

  test.each<[string, Given, boolean]>([
    ['a form that needs a sign-in', {}, true],
    ['a page', { safe: true }, false],
    ['a form that no sign-in helps', { action: 'contact_admin' }, false],
    ['a form_post of Entra', { error: { origin: 'authorization-response' } }, false],
    ['a form_post that is none of ours', { error: { producer: 'aad-error-handler' } }, false],
  ])('nothing was submitted: %s', (_name, given, isTold) => {
    const notes = notesOf({ action: 'interactive', safe: false, plan, ...given });
    expect(notes).toEqual(isTold ? [`note: ${ui('nothingSubmitted')}`] : []);
  });

  test.each<[string, Given, number | undefined]>([
    ['two sign-ins that did not help', { plan: { attempts: 2 } }, 2],
    ['one of them says little', { plan: { attempts: 1 } }, undefined],
    ['nothing that is known', {}, undefined],
    ['another reason for the page', { plan: { attempts: 2 }, decision: { rule: 'code' } }, undefined],
  ])('tried already: %s', (_name, given, count) => {
    const notes = notesOf({ decision: { rule: 'loop-brake' }, ...given });
    expect(notes).toEqual(count === undefined ? [] : [`note: ${ui('triedAlready').replace('{count}', String(count))}`]);
  });
});

describe('who can help', () => {
  test.each<[string, Given, string]>([
    ['an administrator', { who: 'admin', action: 'fix_config' }, 'askAdministrator'],
    ['a developer', { who: 'developer' }, 'askApplicationOwner'],
    ['the configuration is wrong', { action: 'fix_config' }, 'askApplicationOwner'],
    ['nobody knows what it is', { action: 'unknown' }, 'askApplicationOwner'],
    ['it passes', { action: 'retry' }, 'askNobody'],
    ['nobody has to', { who: 'nobody' }, 'askNobody'],
    ['the person', { who: 'user' }, 'askAdministrator'],
  ])('%s', (_name, given, id) => {
    const lines = linesOf(given);
    expect(lines).toContain(`p: ${ui(id)}`);
    expect(lines.includes(`h2: ${ui('whoCanHelp')}`)).toBe(id !== 'askNobody');
  });
});

describe('details for support', () => {
  const detailsOfPage = (given: Given): string => pageModel(inputOf(given)).supportDetails;
  const time = '2026-01-15T10:20:30Z';

  test('are code, ids and times, one a line', () => {
    const given = { decision: { code: 'AADSTS50105' }, error: { traceId: 't1', timestamp: time }, options: { timeZone: 'Europe/Amsterdam' } };
    const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long', timeZone: 'Europe/Amsterdam' }).format(new Date(time));
    const wanted = [
      `${ui('code')}: AADSTS50105`,
      `${ui('correlationId')}: ${correlationId}`,
      `${ui('traceId')}: t1`,
      `${ui('timeUtc')}: ${time}`,
      `${ui('timeLocal')}: ${local}`,
    ];
    expect(local).toContain('11:20:30');
    expect(detailsOfPage(given)).toBe(wanted.join('\n'));
    expect(linesOf(given).find((line) => line.startsWith('pre: '))).toContain(wanted.slice(1).join('\n'));
  }); // prettier-ignore

  test('are the situation and the time of the answer where nothing else is known', () => {
    const given = { error: { correlationId: undefined, traceId: undefined, timestamp: undefined } };
    expect(detailsOfPage(given)).toBe(`${ui('code')}: session-expired\n${ui('timeUtc')}: ${time}`);
  });

  test('name the local time in the language of the page, by zone', () => {
    const hour = (timeZone: string, locale = 'en'): string | undefined =>
      new RegExp(`^${(localeOf(locale).ui.get('timeLocal') ?? '').replace(/[()]/g, '\\$&')}: (.*)$`, 'm').exec(detailsOfPage({ options: { timeZone }, locale }))?.[1];
    expect(hour('America/New_York')).toMatch(/5:20:30/);
    expect(hour('Asia/Tokyo')).toMatch(/7:20:30/);
    expect(hour('America/New_York')).toMatch(/5:20:30/);
    expect(hour('UTC')).toBeUndefined();
    expect(hour('Asia/Tokyo', 'de')).toMatch(/^15\.01\.2026/);
  }); // prettier-ignore

  test('name the zone of the server where none is configured, unless it is UTC', () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(detailsOfPage({ options: { timeZone: undefined as never } }).includes(ui('timeLocal'))).toBe(
      timeZone !== 'UTC',
    );
  });
});

describe('the application', () => {
  const branding = { applicationName: 'Contoso <Mail>', logoUrl: '/logo.svg', supportEmail: 'help@contoso.test', supportUrl: '/help', footer: 'Contoso & Co', links: [{ text: 'Privacy', url: '/privacy' }, { text: 'Terms', url: 'https://contoso.test/terms' }] }; // prettier-ignore
  const partOf = (source: string, pattern: RegExp): string | undefined => pattern.exec(source)?.[0];
  const brandOf = (given: object): string | undefined => partOf(sourceOf({ options: { branding: given } }), /<header class="brand">.*<\/header>/);
  const contactOf = (given: object): string | undefined => partOf(sourceOf({ options: { branding: given } }), /<p class="links">.*<\/p>/);
  const footerOf = (given: object): string | undefined => partOf(sourceOf({ options: { branding: given } }), /<footer class="links">.*<\/footer>/);

  test('has its name in the title and its name and logo above the card', () => {
    const { title } = readPage(sourceOf({ options: { branding } }));
    expect(title).toBe(`${english.situations['session-expired']!['title']!} - Contoso <Mail>`);
    expect(readPage(sourceOf({})).title).toBe(english.situations['session-expired']!['title']);
    expect(brandOf(branding)).toBe('<header class="brand"><img src="/logo.svg" alt=""><span>Contoso &lt;Mail&gt;</span></header>');
    expect(brandOf({ applicationName: 'Contoso' })).toBe('<header class="brand"><span>Contoso</span></header>');
    expect(brandOf({ logoUrl: '/logo.svg' })).toBe('<header class="brand"><img src="/logo.svg" alt=""></header>');
    expect(brandOf({})).toBeUndefined();
  });

  test('is reached by page, mail or both', () => {
    const label = ui('contactSupport');
    expect(contactOf(branding)).toBe(`<p class="links"><a href="/help">${label}</a> <a href="mailto:help@contoso.test">help@contoso.test</a></p>`);
    expect(contactOf({ supportUrl: '/help' })).toBe(`<p class="links"><a href="/help">${label}</a> </p>`);
    expect(contactOf({ supportEmail: 'help@contoso.test' })).toBe(`<p class="links"><a href="mailto:help@contoso.test">${label}: help@contoso.test</a></p>`);
    expect(contactOf({})).toBeUndefined();
  });

  test('has links and a line below the card', () => {
    expect(footerOf(branding)).toBe('<footer class="links"><a href="/privacy">Privacy</a><a href="https://contoso.test/terms">Terms</a><p>Contoso &amp; Co</p></footer>');
    expect(footerOf({ footer: 'x' })).toBe('<footer class="links"><p>x</p></footer>');
    expect(footerOf({ links: [{ text: 'a', url: '/a' }] })).toBe('<footer class="links"><a href="/a">a</a></footer>');
    expect(footerOf({})).toBeUndefined();
  });

  test('pages of two applications, situations and languages do not mix', () => {
    const [one, other] = [inputOf({ options: { branding } }), inputOf({})];
    expect(renderPage(one)).not.toBe(renderPage(other));
    expect(renderPage(one)).toBe(renderPage(one));
    const dutch = { ...one, facts: { ...one.facts, locale: 'nl' } };
    expect(readPage(renderPage(dutch)).lang).toBe('nl');
    expect(readPage(renderPage({ ...one, decision: { ...one.decision, situation: 'mfa-required' } })).title).toContain(english.situations['mfa-required']!['title']!);
  });
}); // prettier-ignore

describe('the buttons', () => {
  const plan = { adminConsentUrl: 'https://app.contoso.example/auth/admin-consent' };
  const approval = { action: 'admin_consent', situation: 'admin-approval-needed', who: 'admin' } as const;

  test('look like one, the second one less so', () => {
    const classes = (given: Given): string[] => [...sourceOf(given).matchAll(/<a class="([^"]*)"/g)].map(([, name]) => name!);
    expect(classes({})).toEqual(['button']);
    expect(classes({ ...approval, plan })).toEqual(['button', 'button second']);
    expect(classes({ action: 'user_cancelled', situation: 'sign-in-cancelled', plan })).toEqual(['button', 'button second']);
  });

  test('the link in the text to copy is kept in one piece', () => {
    expect(sourceOf({ ...approval, plan })).toContain(`<bdi dir="ltr">${plan.adminConsentUrl}</bdi>`);
    expect(sourceOf(approval)).not.toContain('<bdi dir="ltr">');
    const texts = { ...english, tag: 'el', ui: { ...english.ui, administratorRequest: '{link} for {application}' } } as never;
    const first = sourceOf({ ...approval, plan, locale: 'el', options: { locales: [texts] } });
    expect(first).toContain(`><bdi dir="ltr">${plan.adminConsentUrl}</bdi> for `);
    const without = { ...english, tag: 'el', ui: { ...english.ui, administratorRequest: 'please' } } as never;
    expect(sourceOf({ ...approval, plan, locale: 'el', options: { locales: [without] } })).toContain('>please</pre>');
  });

  test('a cancelled sign-in says why an administrator may help, an approval does not', () => {
    const note = `note: ${ui('administratorRoute')}`;
    expect(linesOf({ action: 'user_cancelled', situation: 'sign-in-cancelled', plan })).toContain(note);
    expect(linesOf({ ...approval, plan })).not.toContain(note);
    const folded = new RegExp(`<details><summary>${ui('messageToForward')}</summary>[^]*<pre[^]*mailto:[^]*</details>`);
    expect(sourceOf({ action: 'user_cancelled', situation: 'sign-in-cancelled', plan })).toMatch(folded);
    expect(sourceOf({ ...approval, plan })).not.toMatch(folded);
    expect(linesOf({ action: 'user_cancelled', situation: 'consent-declined', plan }).join()).not.toContain(ui('messageToForward'));
    expect(linesOf({ action: 'contact_admin', situation: 'session-expired', plan }).join()).not.toContain(ui('messageToForward'));
  });
}); // prettier-ignore

describe('the request to the administrator', () => {
  const locale = localeOf('en');
  const approval = { action: 'admin_consent', situation: 'admin-approval-needed' } as const;
  const mail = (given: Given): URLSearchParams => new URLSearchParams(administratorMail(inputOf({ ...approval, ...given }), locale).slice('mailto:?'.length));

  test('names the application, at most 80 characters of it in a mail', () => {
    const applicationName = 'C'.repeat(81);
    expect(mail({ options: { branding: { applicationName } } }).get('subject')).toContain('C'.repeat(80));
    expect(mail({ options: { branding: { applicationName } } }).get('subject')).not.toContain(applicationName);
    expect(administratorRequest(inputOf({ ...approval, options: { branding: { applicationName } } }), locale)).toContain(applicationName);
  });

  test('without an id is the request alone', () => {
    const text = ui('administratorRequestWithoutLink').replace('{application}', ui('thisApplication'));
    expect(mail({ error: { correlationId: undefined } }).get('body')).toBe(text);
  });

  test('is a subject alone where nothing else fits', () => {
    const adminConsentUrl = `https://app.contoso.example/${'a'.repeat(2_000)}`;
    expect(mail({ plan: { adminConsentUrl } }).has('body')).toBe(false);
  });

  test('fits up to 2,000 characters', () => {
    const address = (length: number): string => administratorMail(inputOf({ ...approval, plan: { adminConsentUrl: `https://a.example/${'a'.repeat(length)}` } }), locale);
    const whole = Array.from({ length: 2_000 }, (_, length) => address(length)).filter((text) => decodeURIComponent(text).includes(ui('administratorRequest').slice(0, 20)));
    expect(whole.at(-1)).toHaveLength(2_000);
  });
}); // prettier-ignore

describe('the developer part', () => {
  const expose = { exposeDetails: true };
  const shown = (given: Given): string => /<section class="developer".*<\/section>/s.exec(sourceOf({ options: expose, ...given }))?.[0] ?? '';

  test('says what decided and why, and what to change', () => {
    const trace = [{ rule: 'code', because: 'a <reason>' }, { rule: 'override', because: 'another' }];
    const { name, summary, remedy } = detailsOf(50105)!;
    const part = shown({ decision: { code: 'AADSTS50105', trace } });
    expect(part).toContain('<dt>Why</dt><dd>code: a &lt;reason&gt;</dd><dd>override: another</dd>');
    expect(part).toContain(`<dt>AADSTS50105 ${name!}</dt>`);
    expect(readPage(part).elements.has('dl')).toBe(true);
    expect(part).toContain('What to change');
    expect(part.length).toBeGreaterThan(summary.length + remedy.length);
  });

  test('has no row for a code that nobody knows', () => {
    expect(shown({ decision: { code: 'AADSTS9999999' } })).not.toContain('What to change');
    expect(shown({})).toMatch(/<dt>Why<\/dt>\n<\/dl>/);
  });

  test('is there outside production only', () => {
    expect(shown({ options: {} })).toBe('');
  });

  test('tells what really happened where the answer does not', () => {
    const input = inputOf({ options: expose });
    const undisclosed = { error: { ...input.error, aadstsCodes: [50034] }, decision: { ...input.decision, rule: 'suberror' } };
    const page = renderPage({ ...input, undisclosed });
    expect(page).toContain('rule suberror');
    expect(page).toContain('50034');
  });
}); // prettier-ignore

import { describe, expect, test } from 'vitest';
import { pageModel } from '../../../src/respond/index.js';
import { renderPage } from '../../../src/respond/page.js';
import { readPage } from '../../http/support.js';
import { english, locales } from '../../data/read-data.js';
import { correlationId, pageInput, type PageQuestion } from './page-input.js';

const consent = 'https://app.contoso.example/auth/admin-consent';
const approval = { action: 'admin_consent', situation: 'admin-approval-needed', who: 'admin' } as const;
/** Outlook and Windows refuse more. */
const longestAddress = 2_000;

interface Mail {
  readonly address: string;
  readonly recipient: string;
  readonly subject: string | null;
  readonly body: string | null;
}

/** As a mail program reads it: RFC 6068, where `+` is a plus. */
function mailOf(question: PageQuestion): Mail {
  const { url } = pageModel(pageInput(question)).mainAction;
  const { protocol, pathname, search } = new URL(url);
  expect(protocol).toBe('mailto:');
  const fields = new URLSearchParams(search.replaceAll('+', '%2B'));
  expect([...fields.keys()].every((name) => name === 'subject' || name === 'body')).toBe(true);
  return { address: url, recipient: pathname, subject: fields.get('subject'), body: fields.get('body') };
}

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name]!);

describe.each(locales.map((locale) => [locale.tag, locale] as const))('%s', (locale, { ui }) => {
  const named = { branding: { applicationName: 'Contoso Mail' } };

  test('the button writes to the administrator: who asks for what, and the link to approve it', () => {
    const { subject, body, recipient } = mailOf({
      ...approval,
      locale,
      options: named,
      plan: { adminConsentUrl: consent },
    });
    const values = { application: 'Contoso Mail', link: consent };
    expect(subject).toBe(filled(ui['approvalRequestSubject']!, values));
    expect(body).toBe(filled(ui['administratorRequest']!, values));
    // Only the person knows who that is.
    expect(recipient).toBe('');
  });

  test('without a link it says where to look, and the id to look for', () => {
    const { body } = mailOf({ ...approval, locale });
    const request = filled(ui['administratorRequestWithoutLink']!, { application: ui['thisApplication']! });
    expect(body).toBe(`${request}\r\n\r\n${ui['correlationId']!}: ${correlationId}`);
  });

  test.each([
    ['a long link', { link: `${consent}?${'a'.repeat(400)}`, name: 'Contoso Mail' }],
    ['a link that is too long', { link: `${consent}?${'a'.repeat(2_000)}`, name: 'Contoso Mail' }],
    ['a link of characters that are encoded', { link: `${consent}?${'%26'.repeat(200)}`, name: 'Contoso Mail' }],
    ['a very long name', { link: consent, name: 'Contoso '.repeat(100) }],
    ['a name of three-byte characters', { link: consent, name: '\u5951\u7d04'.repeat(100) }],
    ['a name of emoji, cut in the middle of one', { link: consent, name: `a${'\u{1f4e7}'.repeat(60)}` }],
    ['a name with half a character', { link: consent, name: 'Contoso \ud83d' }],
  ])('%s: at most 2,000 characters, the link whole or not at all', (_name, { link, name }) => {
    for (const plan of [{ adminConsentUrl: link }, {}]) {
      const { address, subject, body } = mailOf({
        ...approval,
        locale,
        options: { branding: { applicationName: name } },
        plan,
      });
      expect(address.length).toBeLessThanOrEqual(longestAddress);
      expect(address).toMatch(/^mailto:\?subject=[\w.~%!'()*-]+(?:&body=[\w.~%!'()*-]+)?$/);
      expect(subject).toContain(name.slice(0, 5));
      const written = /https:\S+/.exec(body ?? '')?.[0];
      if (written !== undefined) expect(written).toBe(link);
    }
  });

  test('the usual mail is sent whole, with room for a link of 400 characters', () => {
    const link = consent.padEnd(400, 'a');
    const { body } = mailOf({ ...approval, locale, options: named, plan: { adminConsentUrl: link } });
    expect(body).toBe(filled(ui['administratorRequest']!, { application: 'Contoso Mail', link }));
  });
});

test('nothing of the error is in the mail but the correlation id, and that only without a link', () => {
  const withLink = mailOf({ ...approval, plan: { adminConsentUrl: consent } });
  const guids = /[0-9a-f]{8}-[0-9a-f]{4}/g;
  expect(withLink.body?.match(guids)).toBeNull();
  expect(mailOf(approval).body?.match(guids)).toEqual([correlationId.slice(0, 13)]);
  for (const { subject, body } of [withLink, mailOf(approval)])
    expect(`${subject} ${body}`).not.toMatch(/AADSTS|90094/);
});

test('a name cannot add a recipient or a field', () => {
  const name = '?cc=evil@contoso.test&bcc=x@contoso.test#" onclick="x\r\nCc: y@contoso.test';
  const { recipient, subject } = mailOf({ ...approval, options: { branding: { applicationName: name } } });
  expect(recipient).toBe('');
  expect(subject).toContain(name);
});

test('the page: the mail first, the approval page second, and the text to copy with the link', () => {
  const input = pageInput({ ...approval, plan: { adminConsentUrl: consent } });
  const { content } = readPage(renderPage(input));
  const links = content.filter((line) => line.startsWith('a: '));
  expect(links).toEqual([
    `a: ${english.ui['writeToAdministrator']!} -> ${pageModel(input).mainAction.url}`,
    `a: ${english.ui['openApprovalPage']!} -> ${consent}`,
  ]);
  const request = filled(english.ui['administratorRequest']!, {
    application: english.ui['thisApplication']!,
    link: consent,
  });
  expect(content).toContain(`pre: ${request}`);
});

test('a cancelled sign-in: trying again comes first, the mail stands beside the text to copy', () => {
  const question = { action: 'user_cancelled', situation: 'sign-in-cancelled' } as const;
  const plan = { signInUrl: '/login', adminConsentUrl: consent };
  const { content } = readPage(renderPage(pageInput({ ...question, plan })));
  expect(content.filter((line) => line.startsWith('a: ')).map((line) => line.slice(0, 40))).toEqual([
    `a: ${english.ui['tryAgain']!} -> /login`,
    `a: ${english.ui['writeToAdministrator']!} -> mailto:?s`.slice(0, 40),
  ]);
  const alone = readPage(renderPage(pageInput(question))).content.join('\n');
  expect(alone).not.toContain('mailto:');
  expect(alone).not.toContain(english.ui['messageToForward']);
});

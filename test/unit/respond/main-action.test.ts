import { describe, expect, test } from 'vitest';
import { pageModel } from '../../../src/respond/index.js';
import type { AadAction } from '../../../src/types.js';
import { allRows, english, locales } from '../../data/read-data.js';
import { pageInput, type PageQuestion } from './page-input.js';

const signIn = { url: '/login?ticket=t', signInUrl: '/login' };
const consent = 'https://app.contoso.example/auth/admin-consent';

/** Every pair of action and situation that the catalogue holds, and those that only rules make. */
const pairs = [
  ...new Set([
    ...allRows.map(({ row }) => `${row.action} ${row.situation}`),
    'claims_challenge session-expired',
    'consent consent-needed',
    'contact_admin too-many-sign-ins',
    'contact_admin blocked-by-policy',
  ]),
]
  .sort()
  .map((pair) => pair.split(' ') as [AadAction, string]);

const isForUser = (action: AadAction): boolean => ['interactive', 'claims_challenge', 'consent'].includes(action);
const idOf = (label: string): string => Object.keys(english.ui).find((id) => english.ui[id] === label) ?? label;

function seen(question: PageQuestion): { id: string; url: string; nextStep: string } {
  const { mainAction, nextStep } = pageModel(pageInput(question));
  return { id: idOf(mainAction.label), url: mainAction.url, nextStep };
}

/** What the next step says where the button has this text. */
const speaksOf: Readonly<Record<string, RegExp>> = {
  signIn: /^Sign in /,
  signInAgain: /sign in again/i,
  continue: /^Continue/,
  startAgain: /^Start again|try again/,
  // Whoever has no access with this account may have it with another one.
  useAnotherAccount: /another account|right account|Ask your administrator/,
  tryAgain: /try again|open the approval page again|^Try |^Use an approved app|^Use a device|can then continue/i,
  openApprovalPage: /approval page/,
  writeToAdministrator: /your administrator/,
  // No sign-in is promised, and nothing that is to be done right here.
  goHome: /^(?!Continue|Sign in again|Sign in with your work).*(?<!come back to this page\.)$/,
};

describe.each([
  ['without an interaction', undefined],
  ['with an interaction', signIn],
  ['with an interaction that has an approval page', { ...signIn, adminConsentUrl: consent }],
])('%s', (_name, found) => {
  test.each(pairs)('%s, %s: the next step speaks of what the button does', (action, situation) => {
    const { url, ...rest } = found ?? {};
    const plan = found && { ...rest, ...(isForUser(action) && { url }) };
    for (const safe of [true, false]) {
      const { id, url: place, nextStep } = seen({ action, situation, safe, ...(plan && { plan }) });
      // Beside a form that cannot be sent again, "try again" starts at the start page.
      if (!safe && id === 'goHome' && /try again|^Try |^Use an? |can then continue/i.test(nextStep)) continue;
      expect(nextStep, id).toMatch(speaksOf[id] ?? /^no such text$/);
      expect([id, place]).toEqual([
        id,
        id === 'goHome'
          ? '/'
          : id === 'openApprovalPage'
            ? consent
            : id === 'writeToAdministrator'
              ? expect.stringMatching(/^mailto:\?subject=/)
              : id === 'useAnotherAccount' && !isForUser(action)
                ? '/login?prompt=select_account'
                : isForUser(action) && found !== undefined
                  ? signIn.url
                  : found !== undefined && (action === 'user_cancelled' || id === 'startAgain' || id === 'signInAgain')
                    ? signIn.signInUrl
                    : '/mail?folder=1',
      ]);
    }
  });
});

describe('where the page cannot lead to a sign-in', () => {
  const promises = ['consent-needed', 'mfa-required', 'password-expired', 'session-expired', 'sign-in-needed'];

  test.each(locales.map((locale) => [locale.tag, locale] as const))(
    '%s: it says where to start one, and the button leads there',
    (tag, { ui, situations }) => {
      for (const situation of promises) {
        const question = { action: 'interactive', situation, locale: tag } as const;
        const model = pageModel(pageInput(question));
        expect(model.nextStep).toBe(ui['signInAtStartPage']);
        expect(model.mainAction).toEqual({ url: '/', label: ui['goHome'] });
        const leading = pageModel(pageInput({ ...question, plan: signIn }));
        expect(leading.nextStep).toBe(situations[situation]?.['nextStep']);
        expect(leading.mainAction.url).toBe(signIn.url);
      }
    },
  );

  test("the application's own words for the next step are kept", () => {
    const own = { nextStep: 'Press the key on your desk.' };
    const question = { action: 'claims_challenge', situation: 'mfa-required', locale: 'nl' } as const;
    const stepWith = (texts: object): string =>
      pageModel(pageInput({ ...question, options: { texts: { 'mfa-required': texts } } })).nextStep;
    expect(stepWith(own)).toBe(own.nextStep);
    expect(stepWith({ nl: own })).toBe(own.nextStep);
    expect(stepWith({ title: 'Own title' })).toBe(locales.find(({ tag }) => tag === 'nl')?.ui['signInAtStartPage']);
  });

  test('the start page is the configured one', () => {
    const question = { action: 'interactive', situation: 'session-expired', options: { homeUrl: '/start' } } as const;
    expect(seen(question)).toMatchObject({ id: 'goHome', url: '/start' });
  });
});

test('an approval that was not given can be opened again by the administrator who gets the page', () => {
  const question = { action: 'user_cancelled', situation: 'admin-approval-not-granted' } as const;
  expect(seen({ ...question, plan: { ...signIn, url: undefined, adminConsentUrl: consent } })).toMatchObject({
    id: 'openApprovalPage',
    url: consent,
  });
});

describe('the one thing to do', () => {
  const other = { id: 'useAnotherAccount', url: '/login?prompt=select_account' };

  test.each([
    'account-disabled',
    'app-not-in-organization',
    'guest-not-invited',
    'not-assigned-to-app',
    'organization-blocked',
    'wrong-account',
  ])('about %s is to use another account', (situation) => {
    expect(seen({ action: 'contact_admin', situation, plan: { signInUrl: '/login' } })).toMatchObject(other);
    expect(seen({ action: 'contact_admin', situation, plan: { signInUrl: '/login?a=b' } }).url).toBe(
      '/login?a=b&prompt=select_account',
    );
  });

  test.each<[AadAction, string, object, string, string]>([
    ['contact_admin', 'too-many-sign-ins', { signInUrl: '/login' }, 'startAgain', '/login'],
    ['interactive', 'too-many-sign-ins', signIn, 'tryAgain', signIn.url],
    ['contact_admin', 'too-many-sign-ins', {}, 'tryAgain', '/mail?folder=1'],
    ['retry', 'network-problem', { signInUrl: '/login' }, 'tryAgain', '/mail?folder=1'],
    ['retry', 'service-busy', {}, 'tryAgain', '/mail?folder=1'],
    ['retry', 'not-assigned-to-app', { signInUrl: '/login' }, 'tryAgain', '/mail?folder=1'],
    ['contact_admin', 'network-problem', {}, 'tryAgain', '/mail?folder=1'],
    ['contact_admin', 'service-busy', {}, 'tryAgain', '/mail?folder=1'],
    ['fix_config', 'secret-expired', {}, 'goHome', '/'],
    ['unknown', 'secret-expired', {}, 'tryAgain', '/mail?folder=1'],
    ['retry', 'secret-expired', {}, 'tryAgain', '/mail?folder=1'],
    ['contact_admin', 'session-expired', { signInUrl: '/login' }, 'signInAgain', '/login'],
  ])('%s, %s, %j: %s', (action, situation, plan, id, url) => {
    expect(seen({ action, situation, plan })).toMatchObject({ id, url });
  });
});

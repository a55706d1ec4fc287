/** What every sign-in that stays with another library must do: the same journeys, run on each of these examples. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LocalEntra } from '../../src/testing/index.js';
import { authorizations, openBrowser } from '../interaction/support.js';

/** An example as started by its `startExample`. */
export interface StartedExample {
  readonly url: string;
  readonly entra?: LocalEntra | undefined;
  close(): unknown;
}

/** What MSAL or the example adds to every authorization request. */
export const capability = { xms_cc: { values: ['cp1'] } };

export interface SignInExample {
  readonly url: string;
  readonly entra: LocalEntra;
  /** The last authorization request with its claims read. */
  lastAuthorization(): Record<string, unknown>;
}

/** Starts the example once for the tests of a file. @param signInPath where a sign-in with a login hint begins */
export function useExample(
  start: () => Promise<StartedExample>,
  signInPath: string,
): SignInExample & { signInAs(browser: ReturnType<typeof openBrowser>, user: string): Promise<unknown> } {
  let example: StartedExample | undefined;
  beforeAll(async () => {
    example = await start();
  });
  afterEach(() => {
    example!.entra!.reset();
  });
  afterAll(() => example!.close());
  return {
    get url() {
      return example!.url;
    },
    get entra() {
      return example!.entra!;
    },
    lastAuthorization() {
      const query = authorizations(example!.entra!).at(-1)!;
      return { ...query, claims: JSON.parse(query['claims']!) as unknown };
    },
    signInAs: (browser, user) => browser.visit(`${example!.url}${signInPath}?login_hint=${user}`),
  };
}

/** MFA, consent, a downstream challenge, a person who goes back. */
export function signInJourneys(example: ReturnType<typeof useExample>): void {
  test('MFA at the token call: claims, scopes and the login hint reach /authorize, and the page opens', async () => {
    const browser = openBrowser();
    await example.signInAs(browser, 'mfa@contoso.test');
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(steps.at(-1)!.body).toContain('mfa@contoso.test');
    const { claims, ...query } = example.lastAuthorization();
    expect(claims).toEqual({
      access_token: { capolids: { essential: true, values: [expect.any(String)] }, ...capability },
    });
    expect(query).toMatchObject({
      login_hint: 'mfa@contoso.test',
      scope: 'openid profile offline_access api://tasks/Tasks.Read',
    });
    expect(query).not.toHaveProperty('prompt');
  });

  test('consent: /authorize is asked for the failed scopes with prompt=consent', async () => {
    const browser = openBrowser();
    await example.signInAs(browser, 'consent@contoso.test');
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(example.lastAuthorization()).toMatchObject({
      prompt: 'consent',
      scope: 'openid profile offline_access api://tasks/Tasks.Read',
    });
  });

  test('a downstream API that wants a newer token: its claims reach /authorize, and the call succeeds', async () => {
    const browser = openBrowser();
    expect((await browser.visit(`${example.url}/me`)).at(-1)!.status).toBe(200);
    await browser.visit(`${example.url}/local/revoke`);
    const steps = await browser.visit(`${example.url}/me`);
    expect(steps.at(-1)).toMatchObject({ status: 200, url: `${example.url}/me` });
    expect(example.lastAuthorization()['claims']).toEqual({
      access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d{10}$/) as string }, ...capability },
    });
  });

  test('the person goes back at Entra: a page says so, and nobody is sent to sign in again', async () => {
    const steps = await openBrowser().visit(`${example.url}/local/cancel`);
    expect(steps.at(-1)!.status).toBe(403);
    expect(steps.at(-1)!.body).toContain('The sign-in was cancelled');
    expect(authorizations(example.entra)).toHaveLength(1);
  });
}

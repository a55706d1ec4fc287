import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEntra, type LocalEntra } from '../../src/testing/index.js';
import { sendRaw, startWebApp, type WebApp } from './support.js';

let entra: LocalEntra;
let app: WebApp;
beforeAll(async () => {
  entra = await createLocalEntra();
  app = await startWebApp(entra);
});
afterAll(async () => {
  app.close();
  await entra.close();
});

/** What a browser would do with an answer: where Location and Refresh lead from a page of ours. */
function placesOf(answer: string): string[] {
  const head = answer.slice(0, answer.indexOf('\r\n\r\n'));
  const values = [...head.matchAll(/^(?:location: ?|refresh: ?\d+;url=)(.*)$/gim)].map((match) => match[1]!.trim());
  const links = [...answer.matchAll(/(?:href|action|src)="([^"]*)"/g)].map((match) => match[1]!);
  return [...values, ...links].map((value) => new URL(value, `${app.url}/tasks`).href);
}

const targets = [
  '//evil.test', '//evil.test/tasks', '///evil.test/%2e%2e', '/\\evil.test', '/\\\\evil.test/tasks', 'http://evil.test/tasks',
  'https://evil.test/auth/sign-in', '//evil.test/auth/sign-in?return_to=/', '/%2fevil.test/', '/%5cevil.test', '/.//evil.test',
  '/tasks//evil.test/..', '/tasks?return_to=//evil.test', '/auth/sign-in?return_to=//evil.test', '/auth/sign-in?return_to=/%5cevil.test',
  '/auth/sign-in?return_to=http://evil.test&return_to=/', '/tasks/..//evil.test', '*', '/tasks#//evil.test', '/tasks\x80',
] as const; // prettier-ignore

describe('request targets that no client library would send', () => {
  test.each(targets)('GET %s leads nowhere but to us and Entra', async (target) => {
    const answer = await sendRaw(
      app.port,
      `GET ${target} HTTP/1.1\r\nHost: localhost:${String(app.port)}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (?:2|3|4)\d\d /);
    for (const place of placesOf(answer)) expect([app.url, entra.url]).toContain(new URL(place).origin);
  });

  test.each(['evil.test', 'localhost:1@evil.test', 'evil.test:80'])(
    'Host: %s does not become an address',
    async (host) => {
      for (const target of ['/tasks', '/auth/sign-in', '/auth/admin-consent', 'http://evil.test/tasks']) {
        const forwarded = `X-Forwarded-Host: ${host}\r\nX-Forwarded-Proto: http\r\nForwarded: host=${host}\r\n`;
        const answer = await sendRaw(
          app.port,
          `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${forwarded}Accept: text/html\r\nConnection: close\r\n\r\n`,
        );
        for (const place of placesOf(answer)) {
          expect([app.url, entra.url]).toContain(new URL(place).origin);
          const redirectUri = new URL(place).searchParams.get('redirect_uri');
          if (redirectUri !== null) expect(new URL(redirectUri).origin).toBe(app.url);
        }
        expect(answer.slice(0, answer.indexOf('\r\n\r\n'))).not.toContain('evil.test');
      }
    },
  );

  test('the same with a failing page behind any path: where to come back to is ours', async () => {
    for (const target of targets) {
      const answer = await sendRaw(
        app.port,
        `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
      );
      for (const place of placesOf(answer)) expect([app.url, entra.url]).toContain(new URL(place).origin);
    }
  });
});

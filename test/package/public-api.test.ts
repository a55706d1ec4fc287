import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { publicApi } from './public-api.ts';

const recorded = new URL('public-api.txt', import.meta.url);
let current: string;

beforeAll(() => {
  current = publicApi();
  if (process.env['UPDATE_PUBLIC_API'] === '1') writeFileSync(recorded, current);
});

test('the public names and signatures are those of public-api.txt; UPDATE_PUBLIC_API=1 writes it anew', () => {
  expect(current).toBe(readFileSync(recorded, 'utf8'));
});

test('the text holds every entry, functions with their parameters and types with their members', () => {
  expect([...current.matchAll(/^# (.+)$/gm)].map((match) => match[1])).toEqual([
    ...['aad-error-handler/core', 'aad-error-handler', 'aad-error-handler/testing', 'aad-error-handler/client'],
    'reached by those, exported by none',
  ]);
  expect(current).toContain('function decide(error: AadError, context?: DecideContext): Decision;');
  expect(current).toMatch(/^interface AadErrorHandlerOptions extends [^{]+\{\n {4}readonly interaction\?:/m);
  expect(current).not.toContain('/**');
});

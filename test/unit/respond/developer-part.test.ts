import { describe, expect, it } from 'vitest';
import { createSettings } from '../../../src/options.js';
import { answer } from '../../../src/responder.js';
import { accessToken, delegated, expired, graphAnswer, nowMs } from '../doctor/support.js';

const request = { method: 'GET', url: '/mail', headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } };
const pageOf = (thrown: unknown, exposeDetails: boolean): string =>
  answer(thrown, request, createSettings('test', { exposeDetails }, 'production'), { nowMs })?.response.body ?? '';

const denied = graphAnswer(403, 'Authorization_RequestDenied', 'Insufficient privileges.');
const token = accessToken({ ...expired, ...delegated('User.Read') });
const thrown = Object.assign(new Error('Request failed with status code 403'), {
  config: { url: 'https://graph.microsoft.com/v1.0/me', headers: { authorization: `Bearer ${token}` } },
  response: denied,
});

describe('the developer part of the page', () => {
  it('diagnoses a refused call of an API', () => {
    const page = pageOf(denied, true);
    expect(page).toContain('<dt>Diagnosis (likely): The token lacks a permission</dt>');
    expect(page).toContain('Where: Microsoft Entra admin center &gt; App registrations');
  });

  it('looks at the token that the HTTP client kept, and shows nothing of it but what explains the refusal', () => {
    const page = pageOf(thrown, true);
    expect(page).toContain('<dt>Diagnosis (certain): The access token has expired</dt>');
    expect(page).toContain('expired at 2026-01-15T11:00:00Z');
    for (const secret of [token, token.split('.')[1]!, 'jane@contoso.test', '11111111-2222-4333'])
      expect(page).not.toContain(secret);
  });

  it('is not there where details are not exposed', () => {
    for (const error of [denied, thrown]) expect(pageOf(error, false)).not.toMatch(/Diagnosis|expired at/);
  });

  it('diagnoses nothing where Entra ID itself refused', () => {
    const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'AADSTS50105: x' } };
    expect(pageOf(refused, true)).toContain('For developers');
    expect(pageOf(refused, true)).not.toContain('Diagnosis');
  });
});

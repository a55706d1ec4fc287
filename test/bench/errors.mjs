/** Fresh errors, as MSAL makes them, and the requests they meet. A reused error hides the cost of reading it. */
import { InteractionRequiredAuthError, ServerError } from '@azure/msal-node';

const ids = ['8c0fcbae-86be-438f-be93-9a8647a78214', '1e8392e2-c2a4-4515-b980-fea3698ba21c'];
const tail = `\r\nTrace ID: ${ids[1]}\r\nCorrelation ID: ${ids[0]}\r\nTimestamp: 2026-11-21 09:09:30Z`;
const claims = '{"access_token":{"capolids":{"essential":true,"values":["11111111-2222-4333-8444-555555555555"]}}}';
const text = `AADSTS50076: Due to a change made by your administrator, you must use multifactor authentication.${tail}`;

export const mfaError = () =>
  new InteractionRequiredAuthError(
    'invalid_grant',
    ids[0],
    text,
    'basic_action',
    '2026-11-21 09:09:30Z',
    ids[1],
    claims,
    '50076',
  );
export const notAssigned = () =>
  new ServerError(
    'access_denied',
    ids[0],
    `Error(s): 50105 - Timestamp: x - Description: ${text.replace('50076', '50105')}`,
    '',
    '50105',
  );
export const plain = () => new Error('the application has a bug of its own');

/** An error that no other one equals: code, ids, claims and words change with the number. */
export function changingError(number) {
  const codes = [50076, 50105, 65001, 90033, 700082, 53003, 7000215, 50173];
  const code = codes[number % codes.length];
  const id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  const words = `AADSTS${code}: request ${number} of this storm failed. Trace ID: ${id} Correlation ID: ${id} Timestamp: 2026-11-21 09:09:30Z`;
  const own = `{"access_token":{"acrs":{"essential":true,"value":"c${number % 25}"},"nonce":"${number}"}}`;
  return number % 2 === 0
    ? new ServerError('invalid_grant', id, words, 'bad_token', String(code), 400)
    : new InteractionRequiredAuthError('invalid_grant', id, words, 'basic_action', '', id, own, String(code));
}

export const asJson = { accept: 'application/json' };
export const asPage = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-language': 'nl,en;q=0.8',
};
export const asApi = { accept: 'application/json', authorization: 'Bearer eyJ0.e.st' };

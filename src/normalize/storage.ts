import { ruleOfResourceError } from '../catalog/index.js';
import type { Reading } from './aad-error.js';
import { guidAt } from './read.js';
import { isEverybodysCode } from './resource.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';

/**
 * The XML body of Azure Storage: `<Error><Code>AuthorizationPermissionMismatch</Code><Message>…\nRequestId:…`.
 * Only the codes of the catalogue: `BlobNotFound` is a Storage error, but none of identity. Other stores use the same
 * element names, so a code that is not Storage's alone needs the request id as Storage prints it.
 */
export function readStorageXml(text: string, status: number | undefined): Reading | undefined {
  const code = elementOf(text, 'Code');
  if (code === undefined || !text.includes('<Error>') || ruleOfResourceError('storage', code) === undefined)
    return undefined;
  const requestAt = text.indexOf('RequestId:');
  const requestId = requestAt < 0 ? undefined : guidAt(text, requestAt + 10);
  return {
    producer: 'http',
    origin: 'resource-challenge',
    clientCode: saysUnusableToken(elementOf(text, 'AuthenticationErrorDetail')) ? unusableToken : code,
    rawDescription: elementOf(text, 'Message'),
    traceId: requestId,
    status,
    unconfirmed: requestId === undefined && isEverybodysCode(code),
  };
}

/** The text between the first start tag of this name and the end tag behind it. */
function elementOf(text: string, name: string): string | undefined {
  const tag = `<${name}>`;
  const start = text.indexOf(tag);
  const end = start < 0 ? -1 : text.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : text.slice(start + tag.length, end);
}

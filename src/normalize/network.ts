import { ruleOfNetworkCode } from '../catalog/index.js';
import type { Reading } from './aad-error.js';
import { asBag, read, readText, type Bag } from './read.js';
import { namesIdentityHost, namesResourceHost } from './vocabulary.js';

/** Names and messages of fetch failures that carry no code of their own. */
const fetchFailures = new Set([
  'fetch failed',
  'Failed to fetch',
  'Load failed',
  'NetworkError when attempting to fetch resource.',
]);

/**
 * A failed connection: a Node system error, an undici error, or `TypeError: fetch failed`.
 *
 * Whose connection it was decides whether it is ours: an identity host in `hostname`, the URL or the message is proof;
 * a refused connection to port 5432 is somebody's database and not an identity error at all; without any host the
 * reading is marked unconfirmed.
 */
export function readNetwork(bag: Bag): Reading | undefined {
  const code = readText(bag, 'code');
  const message = readText(bag, 'message');
  const known = code !== undefined && ruleOfNetworkCode(code) !== undefined;
  const isFetch = message !== undefined && fetchFailures.has(message);
  if (!known && !isFetch) return undefined;
  const confirmed = urlsOf(bag).some(isOurs) || isOurs(message);
  const port = read(bag, 'port');
  if (!confirmed && typeof port === 'number' && port !== 443 && port !== 80) return undefined;
  return {
    producer: 'network',
    origin: 'network',
    clientCode: known ? code : undefined,
    rawDescription: message,
    unconfirmed: !confirmed,
  };
}

/**
 * A failed connection of which only the sentence is left: `request to https://graph.microsoft.com/… failed, reason:
 * connect ETIMEDOUT …`. The sentence must name both an identity host and a code of the catalogue.
 */
export function readNetworkText(text: string): Reading | undefined {
  if (!isOurs(text)) return undefined;
  for (const [word] of text.slice(0, 2_048).matchAll(/\b(?:E|UND_ERR_)[A-Z_]{4,24}\b/g)) {
    // accepts "ENOTFOUND", refuses "Error"
    if (ruleOfNetworkCode(word) !== undefined)
      return { producer: 'network', origin: 'network', clientCode: word, rawDescription: text, unconfirmed: false };
  }
  return undefined;
}

const isOurs = (text: string | undefined): boolean => namesIdentityHost(text) || namesResourceHost(text);

/** Places where HTTP clients keep the address they called. */
export function urlsOf(bag: Bag): (string | undefined)[] {
  const config = asBag(read(bag, 'config'));
  const request = asBag(read(bag, 'request'));
  const options = asBag(read(bag, 'options'));
  const url = options && read(options, 'url');
  return [
    readText(bag, 'hostname'),
    readText(bag, 'host'),
    readText(bag, 'url'),
    config && readText(config, 'url'),
    config && readText(config, 'baseURL'),
    request && readText(request, 'url'),
    request && readText(request, 'host'),
    typeof url === 'string' ? url : asBag(url) && readText(asBag(url) ?? {}, 'href'),
  ];
}

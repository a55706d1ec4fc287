import { ruleOfNetworkCode } from '../catalog/index.js';
import type { Reading } from './aad-error.js';
import { namesIdentityHost, namesPlatformHost, namesResourceHost } from './hosts.js';
import { asBag, asText, read, readText, type Bag } from './read.js';

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
  const printed = message === undefined ? undefined : printedNetworkCode(message);
  const lasting = printed !== undefined && isLastingFault(printed) ? printed : undefined;
  const known = code !== undefined && ruleOfNetworkCode(code) !== undefined;
  const isFetch = message !== undefined && fetchFailures.has(message);
  if (!known && !isFetch) return undefined;
  const confirmed = urlsOf(bag).some(isOurs) || isOurs(message);
  const port = read(bag, 'port');
  if (!confirmed && typeof port === 'number' && port !== 443 && port !== 80) return undefined;
  return {
    producer: 'network',
    origin: 'network',
    clientCode: lasting ?? (known ? code : undefined),
    rawDescription: message,
    unconfirmed: !confirmed,
  };
}

/**
 * A failed connection of which only the sentence is left: `request to https://graph.microsoft.com/… failed, reason:
 * connect ETIMEDOUT …`, or what .NET, Java, Python and Go print about one. The sentence must name an identity host.
 */
export function readNetworkText(text: string): Reading | undefined {
  if (!isOurs(text)) return undefined;
  const printed = isCallOf(text) ? printedNetworkCode(text) : undefined;
  const code = printed !== undefined && isLastingFault(printed) ? printed : (systemCodeIn(text) ?? printed);
  return code === undefined
    ? undefined
    : { producer: 'network', origin: 'network', clientCode: code, rawDescription: text, unconfirmed: false };
}

/** A code of the catalogue that Node or undici wrote into a sentence. */
function systemCodeIn(text: string): string | undefined {
  for (const [word] of text.slice(0, 2_048).matchAll(/\b(?:E|UND_ERR_)[A-Z_]{4,24}\b/g)) {
    // accepts "ENOTFOUND", refuses "Error"
    if (ruleOfNetworkCode(word) !== undefined) return word;
  }
  return undefined;
}

/**
 * Whether a sentence that names a host of ours is about a call to it: the identity platform's own host, or the way an
 * HTTP client of another language prints its failures. "The export from graph.microsoft.com timed out" is neither.
 */
const isCallOf = (text: string): boolean =>
  namesPlatformHost(text) || /\b(?:java\.net|HttpRequestException|HTTPSConnectionPool|dial tcp)\b/.test(text);

/**
 * What other languages print where Node has a code, in the order in which they are looked for: a certificate that is
 * refused is also a failed connection.
 */
const phrases: readonly (readonly [phrase: RegExp, code: string])[] = [
  [/\b407 Proxy Authentication Required|statusCode=407|status code: 407\b/, 'ERR_TUNNEL_CONNECTION_FAILED'],
  [/self[- ]signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/self[- ]signed certificate\b/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to get local issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [
    /CERTIFICATE_VERIFY_FAILED|PKIX path building failed|certificate signed by unknown authority|remote certificate is invalid/,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  [
    /[Nn]o such host|UnknownHostException|Name or service not known|getaddrinfo failed|nodename nor servname|name resolution|Could not resolve host|ERR_NAME_NOT_RESOLVED/,
    'ENOTFOUND',
  ],
  [/[Cc]onnection refused|actively refused/, 'ECONNREFUSED'],
  [
    /[Tt]imed out|TLS handshake timeout|i\/o timeout|deadline exceeded|HttpClient\.Timeout|ReadTimeout|ConnectTimeout/,
    'ETIMEDOUT',
  ],
  [
    /[Cc]onnection reset|forcibly closed|Connection aborted|RemoteDisconnected|socket hang up|socket disconnected before secure TLS connection/,
    'ECONNRESET',
  ],
];

/** Node's code for a failed connection that another language describes. */
export function printedNetworkCode(text: string): string | undefined {
  const head = text.slice(0, 2_048);
  return phrases.find(([phrase]) => phrase.test(head))?.[1];
}

/** A fault of the connection that stays until somebody mends it: a certificate, a proxy. */
export const isLastingFault = (code: string): boolean => ruleOfNetworkCode(code)?.action === 'fix_config';

const isOurs = (text: string | undefined): boolean => namesIdentityHost(text) || namesResourceHost(text);

/** Addresses that an error says were called, wherever HTTP clients keep them; its `response` included. */
export function urlsOf(bag: Bag): string[] {
  const response = asBag(read(bag, 'response'));
  return [bag, response].flatMap((place) => (place === undefined ? [] : addressesIn(place)));
}

/** Fields with an address: of the error or answer, and of the request or options it names. */
const addressKeys = ['hostname', 'host', 'url', 'uri', 'requestUrl'] as const;

function addressesIn(bag: Bag): string[] {
  const config = read(bag, 'config');
  const request = read(bag, 'request');
  return [
    ...addressKeys.map((key) => read(bag, key)),
    ...(['url', 'baseURL'] as const).map((key) => readIn(config, key)),
    // ofetch keeps the address itself.
    request,
    ...(['url', 'host'] as const).map((key) => readIn(request, key)),
    // Node's own request, as superagent and openid-client 5 leave it.
    readIn(read(bag, 'req'), 'host'),
    ...(['url', 'uri'] as const).map((key) => readIn(read(bag, 'options'), key)),
  ].flatMap((value) => asAddress(value) ?? []);
}

function readIn(value: unknown, key: string): unknown {
  const bag = asBag(value);
  return bag === undefined ? undefined : read(bag, key);
}

/** A text, or the address of a `URL`. */
function asAddress(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : readIn(value, 'href');
  return typeof text === 'string' && text !== '' ? asText(text) : undefined;
}

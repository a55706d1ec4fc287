/** The errors that are nobody's business here, told apart before anything else is read. */
import { asBag, asStatus, isInstance, read, readText, type Bag } from './read.js';

/**
 * Anything that could be evidence in the message of an Error without fields of its own. Accepts "AADSTS50076: …",
 * "fetch failed", "429 : {…"; refuses "Cannot find user 50076". Each alternative holds one of {@link neighbours}.
 */
const hint =
  /AADSTS|aadsts|AADB2C|AKV1|[{%]|earer |PoP |ode[:=]|fetch|Load failed|key_id|aka\.ms|_[a-z]+: |In _?[a-z]|In Strategy| E[A-Z]{4}|UND_ERR|Msal[A-Z]|Credential|IDW1|IDX[12]0|<Error>|microsoft|sts\.windows|\.b2clogin|\.ciamlogin/;

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ascii = String.fromCharCode(...Array(128).keys());

/** One of the first directly before one of the second: every hint holds such a pair, few other messages do. */
const neighbours: readonly (readonly [first: string, second: string])[] = [
  [capitals, capitals],
  ['CILMP', 'nors'],
  ['e', ':='],
  ['.', 'bcmw'],
  ['a', 'ar'],
  ['t', 'c'],
  ['f', 't'],
  [ascii, '{%<_'],
];

/** One bit a pair. */
function bitsOf(side: 0 | 1): Uint8Array {
  const bits = new Uint8Array(128);
  neighbours.forEach((pair, index) => {
    for (const character of pair[side]) {
      const unit = character.charCodeAt(0);
      bits[unit] = (bits[unit] ?? 0) | (1 << index);
    }
  });
  return bits;
}
const firstBits = bitsOf(0);
const secondBits = bitsOf(1);

/**
 * Whether a message may be evidence. The two tables spare most messages the regular expression: entering one took
 * about 0.5 us where its machine code was no longer in the processor's cache, as under load (Node 20.20).
 */
function mayBeEvidence(message: string): boolean {
  let before = 0xff;
  for (let index = 0; index < message.length; index += 1) {
    const unit = message.charCodeAt(index);
    if (((secondBits[unit] ?? 0) & before) !== 0) return hint.test(message);
    // Beyond ASCII: before anything that counts wherever it stands, and before nothing else.
    before = firstBits[unit] ?? firstBits[0] ?? 0;
  }
  return false;
}

/**
 * The usual foreign error: an Error without a field of its own, without a cause, whose message holds nothing a reader
 * could use. Passing those on must cost nothing.
 */
export function isPlainlyForeign(thrown: unknown): boolean {
  try {
    // MSAL's own errors are told apart first: listing the fields of a fresh one costs more than reading it.
    if (typeof thrown !== 'object' || (thrown as Bag)['errorCode'] !== undefined) return false;
    if (!(thrown instanceof Error) || Object.keys(thrown).length > 0) return false;
    if (thrown.cause !== undefined || 'errors' in thrown) return false;
    const { message } = thrown;
    return typeof message === 'string' && message.length <= 1_024 && !mayBeEvidence(message);
  } catch {
    return false;
  }
}

/** `type` of the errors of body-parser and raw-body: accepts "entity.parse.failed", refuses "invalid_request". */
const requestFaults = /^(?:charset|encoding|entity|parameters|querystring|request|stream)\.[A-Za-z.]{3,24}$/;

/** Statuses that an application gives to a request that it cannot use; its own sentence about it may quote the request. */
const requestStatuses = new Set([404, 405, 406, 410, 413, 414, 415, 422]);

/** The five characters with which SQL databases name a fault: accepts "23505" and "42P01", refuses "EPIPE". */
const sqlState = /^(?=.*\d)[\dA-Z]{5}$/;

/** What PostgreSQL's drivers keep beside it. */
const sqlFields = ['severity', 'table', 'constraint', 'routine'] as const;

/** Error classes of validators, databases and upload parsers, whose sentences hold what was refused. */
const quotingNames = new Set([
  'CastError',
  'MulterError',
  'QueryFailedError',
  'SequelizeDatabaseError',
  'SequelizeUniqueConstraintError',
  'SequelizeValidationError',
  'ZodError',
]);

/** Fields in which validators (joi, zod, ajv, yup, mongoose) list what they refused, and drivers the statement. */
const quotingFields = ['issues', '_original', 'validation', 'sqlMessage'] as const;

/**
 * Whether an error is about what somebody sent: a body that is no JSON, a value that a validator or database refused, a
 * page that is not there. Its sentence quotes the request, so an AADSTS code, a challenge or claims in it are that
 * person's words: no identity error, whatever they say. Also the errors of an authorization server that the application
 * itself runs. Where an answer or a cause is inside, the application received that one, and it is looked at.
 */
export function quotesARequest(bag: Bag): boolean {
  if (asBag(read(bag, 'cause')) !== undefined || asBag(read(bag, 'response')) !== undefined) return false;
  const type = readText(bag, 'type');
  if (type !== undefined && requestFaults.test(type)) return true;
  const isRefusal = read(bag, 'expose') === true && requestStatuses.has(asStatus(read(bag, 'status')) ?? 0);
  // With members of a token response it is one, whatever status it was given.
  if (isRefusal && read(bag, 'error_description') === undefined) return true;
  // JSON.parse and Express's router quote what they could not read.
  if (isInstance(bag, SyntaxError) || isInstance(bag, URIError)) return true;
  return isInstance(bag, Error) && (isOfValidator(bag) || isOfDatabase(bag));
}

function isOfValidator(bag: Bag): boolean {
  const name = readText(bag, 'name') ?? '';
  if (quotingNames.has(name) || quotingFields.some((field) => read(bag, field) !== undefined)) return true;
  return name === 'ValidationError' && (read(bag, 'errors') !== undefined || read(bag, 'inner') !== undefined);
}

/** MongoDB's duplicate key, SQL Server, PostgreSQL, Prisma; and oidc-provider, which is no database but as foreign. */
function isOfDatabase(bag: Bag): boolean {
  const code = read(bag, 'code');
  return (
    code === 11_000 ||
    code === 'EREQUEST' ||
    (typeof code === 'string' && sqlState.test(code) && sqlFields.some((field) => read(bag, field) !== undefined)) ||
    readText(bag, 'name')?.startsWith('PrismaClient') === true ||
    read(bag, 'allow_redirect') !== undefined
  );
}

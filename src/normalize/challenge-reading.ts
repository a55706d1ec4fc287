import type { Reading } from './aad-error.js';
import { readChallenges, type Challenge } from './challenge.js';
import { namesIdentityHost, namesOthersHost } from './hosts.js';
import { asBag, asName, members, read, readText } from './read.js';
import { findEvidence } from './text-evidence.js';
import { saysUnusableToken, unusableToken } from './unusable-token.js';
import { isOauthError } from './vocabulary.js';

/** Application id of SharePoint Online, which names itself in its challenges. */
const sharePointId = '00000003-0000-0ff1-ce00-000000000000';

/** `invalid_request` says that the request is malformed (RFC 6750 section 3.1), nothing about who may do what. */
const provingErrors = (error: string): boolean => error !== 'invalid_request' && isOauthError(error);

/**
 * A parsed WWW-Authenticate as a reading. Proof that it is an identity error: claims, an error name of RFC 6750 or 9470,
 * an authorization server of Microsoft, or SharePoint's id; a bare `Bearer` of any API is not.
 */
export function readChallengeHeader(challenges: readonly Challenge[], status?: number): Reading | undefined {
  const found = readChallenges(challenges);
  if (found === undefined) return undefined;
  const asksConsent = found.proposedAction === 'consent' && found.claims === undefined;
  const isOthers = challenges.some(({ parameters }) => namesOthersHost(parameters.get('realm')));
  const proof =
    asksConsent ||
    found.claims !== undefined ||
    (found.oauthError !== undefined && provingErrors(found.oauthError) && !isOthers) ||
    namesIdentityHost(found.authorizationUri) ||
    challenges.some(({ parameters }) => parameters.get('client_id') === sharePointId);
  const evidence = found.description === undefined ? undefined : findEvidence(found.description);
  return {
    producer: 'www-authenticate',
    origin: 'resource-challenge',
    oauthError: asName(found.oauthError),
    clientCode: asksConsent
      ? 'proposedAction=consent'
      : found.oauthError === 'invalid_token' && saysUnusableToken(found.description)
        ? unusableToken
        : undefined,
    claims: found.claims,
    claimsDropped: found.claimsDropped,
    scopes: found.scopes,
    rawDescription: found.description,
    aadstsCodes: evidence?.aadstsCodes,
    b2cCodes: evidence?.b2cCodes,
    traceId: evidence?.traceId,
    correlationId: evidence?.correlationId,
    status,
    unconfirmed: !proof,
  };
}

/** oauth4webapi and openid-client 6 keep parsed challenges in `cause`: `[{ scheme, parameters: {…} }]`. */
export function readParsedChallenges(value: unknown, status: number | undefined): Reading | undefined {
  const challenges: Challenge[] = [];
  for (const member of members(value)) {
    const bag = asBag(member);
    const scheme = bag && readText(bag, 'scheme');
    const parameters = bag && asBag(read(bag, 'parameters'));
    if (scheme === undefined || parameters === undefined) continue;
    const names = ['error', 'claims', 'scope', 'error_description', 'authorization_uri'];
    challenges.push({
      scheme: scheme.toLowerCase(),
      parameters: new Map(
        names.flatMap((name) => {
          const parameter = readText(parameters, name);
          return parameter === undefined ? [] : [[name, parameter] as const];
        }),
      ),
    });
  }
  return readChallengeHeader(challenges, status);
}

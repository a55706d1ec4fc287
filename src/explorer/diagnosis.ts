import type { Diagnosis, DiagnosisFinding, TokenFacts } from '../doctor/index.js';
import { html, type Html } from '../respond/index.js';
import { facts } from './layout.js';

/** Why an API refused the call: findings, and what was read from the token. */
export function diagnosisPart({ findings, toKnowMore, token }: Diagnosis): Html {
  return html`<section class="card" aria-labelledby="diagnosis">
<h2 id="diagnosis">Diagnosis: why the API refused</h2>
${findings.map(findingPart)}${
    toKnowMore.length > 0 &&
    html`<p class="note">To be surer, give ${toKnowMore.join('; ')}.</p>
`
  }${token !== undefined && tokenPart(token)}</section>
`;
}

const tones = { certain: 'user', likely: 'admin', possible: 'none' } as const;

function findingPart({ title, confidence, evidence, cause, change, where, learnMore }: DiagnosisFinding): Html {
  return html`<article class="finding">
<h3>${title} <span class="badge ${tones[confidence]}">${confidence}</span></h3>
${facts([
  ['Seen', evidence.join('; ')],
  ['Cause', cause],
  ['Change', change],
  ['Where', where],
  ['More', html`<a href="${learnMore}" rel="noreferrer">${learnMore.replace('https://', '')}</a>`],
])}</article>
`;
}

function tokenPart(token: TokenFacts): Html {
  const kinds = {
    personal: 'a personal Microsoft account',
    'work-or-school': 'a work or school account',
    unknown: undefined,
  };
  return html`<article class="finding">
<h3>What the token says</h3>
${facts([
  ['Format', token.format],
  [
    'aud',
    token.audience === undefined
      ? undefined
      : `${token.audience}${token.audienceName === undefined ? '' : ` (${token.audienceName})`}`,
  ],
  ['Kind', token.permissionType],
  ['scp', token.scopes.join(' ')],
  ['roles', token.roles.join(' ')],
  ['exp', token.expiresAt === undefined ? undefined : `${token.expiresAt}${token.expired ? ', expired' : ''}`],
  ['tid', kinds[token.accountKind]],
])}<p class="hint">The token itself was dropped after reading.</p>
</article>
`;
}

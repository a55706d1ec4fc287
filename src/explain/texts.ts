import type { AadAction } from '../types.js';

/**
 * Sentences for developers that stand in no row of data/, in the two languages of the developer texts. What people
 * read comes from data/locales only.
 */
export interface DeveloperTexts {
  readonly notFound: string;
  readonly notFoundRemedy: string;
  readonly outOfRange: string;
  readonly unknownCode: (code: string) => string;
  readonly unknownCodeRemedy: string;
  readonly unknownCodeBeside: (code: string, evidence: string) => string;
  readonly readFromB2c: string;
  /** The code's row says `claims_challenge`, but the input shows no usable claims. */
  readonly claimsMissing: string;
  /** What to do when only the action is known. */
  readonly remedies: Readonly<Record<AadAction, string>>;
  readonly claims: ClaimTexts;
}

/** Phrases for the claims of a claims directive. `token` is already a phrase, `values` is a list or empty. */
export interface ClaimTexts {
  readonly tokens: ReadonlyMap<string, string>;
  readonly otherToken: (name: string) => string;
  readonly authContext: (token: string, values: string) => string;
  readonly policies: (values: string) => string;
  readonly notBefore: (token: string, time: string) => string;
  readonly signedInAfter: (time: string) => string;
  readonly capabilities: (values: string) => string;
  readonly ipAddress: string;
  readonly evaluation: (values: string) => string;
  readonly methods: (values: string) => string;
  readonly other: (token: string, name: string, values: string, essential: boolean) => string;
  readonly more: (count: number) => string;
}

const english: DeveloperTexts = {
  notFound: 'No code found: nothing in this input shows an identity error.',
  notFoundRemedy:
    'Give the whole error: a code with its prefix (AADSTS50076), the text with "Trace ID", the JSON body, or the WWW-Authenticate value.',
  outOfRange: 'AADSTS codes have 3 to 9 digits.',
  unknownCode: (code) => `The catalogue has no row for ${code}.`,
  unknownCodeRemedy:
    'Open the link, which shows the text that Microsoft has for the code, and react to the OAuth error that came with it.',
  unknownCodeBeside: (code, evidence) => `The catalogue has no row for ${code}; this answer comes from ${evidence}.`,
  readFromB2c: 'Codes that start with AADB2C belong to Azure AD B2C.',
  claimsMissing:
    'Send the user to /authorize again. If the thrown error or the JSON body holds claims, pass them on to getAuthCodeUrl; this input shows none.',
  remedies: {
    retry: 'Try the same call again later, after the time of Retry-After if one was sent.',
    interactive: 'Send the user to /authorize again.',
    claims_challenge:
      'Send the user to /authorize with the claims; an API answers its caller 401 with error="insufficient_claims" and the same claims.',
    consent: 'Send the user to /authorize with prompt=consent and the scopes of the failed call.',
    admin_consent: 'Give an administrator the admin-consent link of the application.',
    contact_admin: 'Do not send the user to sign in again; an administrator has to change something first.',
    fix_config: 'Correct the code or the app registration; neither a retry nor a sign-in helps.',
    user_cancelled: 'Do nothing by yourself; offer a link to try again.',
    unknown: 'Log the ids and the OAuth error, and show the user a page with the ids.',
  },
  claims: {
    tokens: new Map([
      ['access_token', 'the access token'],
      ['id_token', 'the ID token'],
      ['userinfo', 'the UserInfo response'],
    ]),
    otherToken: (name) => `"${name}"`,
    authContext: (token, values) =>
      `${token} must satisfy authentication context ${values || '(none named)'} (Conditional Access)`,
    policies: (values) => `the sign-in must satisfy Conditional Access policy ${values || '(none named)'}`,
    notBefore: (token, time) =>
      `${token} must be issued after ${time}: earlier ones are no longer accepted (session revoked or changed)`,
    signedInAfter: (time) => `the user must have signed in after ${time}`,
    capabilities: (values) => `the client declares the capabilities ${values || '(none named)'}`,
    ipAddress: 'the resource saw another IP address than Entra ID did; the address is in the claims',
    evaluation: (values) => `continuous access evaluation gives reason ${values || '(none named)'}`,
    methods: (values) => `the user must authenticate with ${values || 'another method'}`,
    other: (token, name, values, essential) =>
      `${token} ${essential ? 'must' : 'should'} hold the claim "${name}"${values === '' ? '' : ` with the value ${values}`}`,
    more: (count) => `and ${String(count)} more`,
  },
};

const dutch: DeveloperTexts = {
  notFound: 'Geen code gevonden: niets in deze invoer wijst op een identiteitsfout.',
  notFoundRemedy:
    'Geef de hele fout: een code met voorvoegsel (AADSTS50076), de tekst met "Trace ID", de JSON-body of de waarde van WWW-Authenticate.',
  outOfRange: 'AADSTS-codes hebben 3 tot 9 cijfers.',
  unknownCode: (code) => `De catalogus kent ${code} niet.`,
  unknownCodeRemedy:
    'Open de koppeling, die de tekst toont die Microsoft voor de code heeft, en reageer op de OAuth-fout die erbij kwam.',
  unknownCodeBeside: (code, evidence) => `De catalogus kent ${code} niet; dit antwoord komt van ${evidence}.`,
  readFromB2c: 'Codes die met AADB2C beginnen, horen bij Azure AD B2C.',
  claimsMissing:
    'Stuur de gebruiker opnieuw naar /authorize. Bevat de gegooide fout of de JSON-body claims, geef die dan door aan getAuthCodeUrl; in deze invoer staan ze niet.',
  remedies: {
    retry: 'Probeer dezelfde aanroep later opnieuw, na de tijd van Retry-After als die is meegestuurd.',
    interactive: 'Stuur de gebruiker opnieuw naar /authorize.',
    claims_challenge:
      'Stuur de gebruiker met de claims naar /authorize; een API antwoordt zijn aanroeper 401 met error="insufficient_claims" en dezelfde claims.',
    consent: 'Stuur de gebruiker naar /authorize met prompt=consent en de scopes van de mislukte aanroep.',
    admin_consent: 'Geef een beheerder de koppeling voor beheerderstoestemming van de toepassing.',
    contact_admin: 'Laat de gebruiker niet opnieuw aanmelden; een beheerder moet eerst iets veranderen.',
    fix_config: 'Verbeter de code of de app-registratie; opnieuw proberen of aanmelden helpt niet.',
    user_cancelled: 'Doe niets vanzelf; bied een koppeling aan om het opnieuw te proberen.',
    unknown: "Log de id's en de OAuth-fout, en toon de gebruiker een pagina met de id's.",
  },
  claims: {
    tokens: new Map([
      ['access_token', 'het toegangstoken'],
      ['id_token', 'het id-token'],
      ['userinfo', 'het UserInfo-antwoord'],
    ]),
    otherToken: (name) => `"${name}"`,
    authContext: (token, values) =>
      `${token} moet voldoen aan verificatiecontext ${values || '(niet genoemd)'} (voorwaardelijke toegang)`,
    policies: (values) =>
      `de aanmelding moet voldoen aan het beleid voor voorwaardelijke toegang ${values || '(niet genoemd)'}`,
    notBefore: (token, time) =>
      `${token} moet na ${time} zijn uitgegeven: eerdere gelden niet meer (sessie ingetrokken of veranderd)`,
    signedInAfter: (time) => `de gebruiker moet zich na ${time} hebben aangemeld`,
    capabilities: (values) => `de client meldt de mogelijkheden ${values || '(niet genoemd)'}`,
    ipAddress: 'de resource zag een ander IP-adres dan Entra ID; het adres staat in de claims',
    evaluation: (values) => `continue toegangsevaluatie geeft reden ${values || '(niet genoemd)'}`,
    methods: (values) => `de gebruiker moet zich verifieren met ${values || 'een andere methode'}`,
    other: (token, name, values, essential) =>
      `${token} ${essential ? 'moet' : 'kan het best'} de claim "${name}"${values === '' ? '' : ` met de waarde ${values}`} bevatten`,
    more: (count) => `en nog ${String(count)}`,
  },
};

/** The developer texts of a locale tag: Dutch for `nl`, else English. */
export function developerTexts(locale: string): DeveloperTexts {
  return locale === 'nl' ? dutch : english;
}

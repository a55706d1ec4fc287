import type { Locale } from '../catalog/index.js';
import type { RespondInput } from './input.js';
import { uiText } from './texts.js';

/** Longest address: Outlook and Windows cut or refuse longer ones. */
const maxMailtoLength = 2_000;
/** Longest application name in a mail; a longer one is on the page. */
const maxNameLength = 80;

/** Where an administrator can approve, when this answer offers it. */
export function adminConsentUrl({ decision, plan }: RespondInput): string | undefined {
  // A user at "Need admin approval" who goes back arrives as a plain access_denied, so that page offers the route too.
  const offers =
    decision.action === 'admin_consent' ||
    (decision.action === 'user_cancelled' && decision.situation !== 'consent-declined');
  return offers ? plan?.adminConsentUrl : undefined;
}

/** The request in the person's words, to be copied or mailed: what, why, and where to approve it. */
export function administratorRequest(input: RespondInput, locale: Locale): string {
  const application = applicationName(input, locale);
  const link = adminConsentUrl(input);
  return link === undefined
    ? uiText(locale, 'administratorRequestWithoutLink', { application })
    : uiText(locale, 'administratorRequest', { application, link });
}

/**
 * A mail to the administrator, ready to send but for the address, which only the person knows.
 *
 * It holds the application's name, what to do and the approval link of the configuration; without a link the correlation
 * id, by which an administrator finds the application in the sign-in log. Nothing else about the person or the error.
 */
export function administratorMail(input: RespondInput, locale: Locale): string {
  const application = applicationName(input, locale).slice(0, maxNameLength);
  const link = adminConsentUrl(input);
  const { correlationId } = input.error;
  const subject = uiText(locale, 'approvalRequestSubject', { application });
  const id = correlationId === undefined ? '' : `${uiText(locale, 'correlationId')}: ${correlationId}`;
  const request =
    link === undefined
      ? uiText(locale, 'administratorRequestWithoutLink', { application })
      : uiText(locale, 'administratorRequest', { application, link });
  const bodies = link === undefined ? [paragraphs(request, id), request] : [request, link];
  for (const body of bodies) {
    const address = mailto(subject, body);
    if (address.length <= maxMailtoLength) return address;
  }
  return mailto(subject, '');
}

function applicationName({ settings }: RespondInput, locale: Locale): string {
  return settings.branding.applicationName ?? uiText(locale, 'thisApplication');
}

const paragraphs = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\r\n\r\n');

/** RFC 6068: every character of subject and body percent-encoded; lone surrogates, which cannot be, are left out. */
function mailto(subject: string, body: string): string {
  const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, ''));
  return `mailto:?subject=${encoded(subject)}${body === '' ? '' : `&body=${encoded(body)}`}`;
}

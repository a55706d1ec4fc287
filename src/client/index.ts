/**
 * Entry `./client`: for pages in a browser. No dependency, under 1 kB.
 *
 * @module aad-error-handler/client
 */

/** The browser's address, as far as it is used; declared here so that the package needs no DOM types. */
declare const location: {
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  assign(url: string): void;
};

/** Longest wait before the second try, in seconds; a person is looking at the page. */
const maxWaitSeconds = 60;

/**
 * `fetch` that does what our problem document asks for: it navigates to the sign-in when the user must act, and comes back
 * to this page, fragment included; it tries a safe request once more after `retryAfter` seconds when the service was busy.
 *
 * The answer is returned in any case, also while the page is about to be left; its body is unread. Requests other than GET
 * and HEAD are never repeated, and only a place of this origin is ever opened.
 *
 * @example
 * ```ts
 * const response = await aadFetch('/tasks');
 * ```
 */
export async function aadFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const problem = await readProblem(response);
  if (problem === undefined) return response;
  const { interaction, retryable, retryAfter } = problem;
  if (typeof interaction?.url === 'string' && isOwn(interaction.url)) {
    const { hash } = location;
    // A fragment with the answer of another sign-in (MSAL in the browser) goes to no server and is not opened twice.
    const place = /[#&?](code|error|\w+_token)=/.test(hash) ? '' : hash; // drops "#code=a", keeps "#/list?state=new"
    const here = encodeURIComponent(location.pathname + location.search + place);
    location.assign(`${interaction.url}${interaction.url.includes('?') ? '&' : '?'}return_to=${here}`);
    return response;
  }
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  if (retryable !== true || !/^(get|head)$/i.test(method) || !(Number(retryAfter) <= maxWaitSeconds)) return response; // refuses "POST"
  await new Promise((resolve) => setTimeout(resolve, Number(retryAfter) * 1000));
  return fetch(input, init);
}

interface Problem {
  readonly interaction?: { readonly url?: unknown } | null;
  readonly retryable?: unknown;
  readonly retryAfter?: unknown;
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') !== true) return undefined;
  try {
    return ((await response.clone().json()) as Problem | null) ?? undefined;
  } catch {
    return undefined;
  }
}

const isOwn = (url: string): boolean => url.startsWith('/') && new URL(url, location.origin).origin === location.origin;

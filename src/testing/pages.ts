import type { AuthorizationRequest } from './authorization-types.js';
import type { LocalEntraUser } from './users.js';

/** HTML that has been escaped; only {@link html} makes it. */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities.get(character) ?? '');

type Part = string | Markup | readonly Markup[];

/** Escaping template: text is escaped, markup made by this function is not. */
function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const render = (part: Part | undefined): string => {
    if (part === undefined) return '';
    if (typeof part === 'string') return escape(part);
    return part instanceof Markup ? part.text : part.map(({ text }) => text).join('');
  };
  return new Markup(strings.map((text, index) => text + render(parts[index])).join(''));
}

/** What every page says first. */
export const banner = 'LocalEntra: a test double on this machine, not an identity provider';

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}' +
  '.banner{background:#fff3cd;border:1px solid #8a6d00;padding:.5rem 1rem;color:#3d3000}' +
  'button{font:inherit;padding:.3rem .8rem;margin:.15rem 0}li{margin:.4rem 0}code{word-break:break-all}';

function layout(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} - LocalEntra</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <p class="banner">${banner}.</p>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.text;
}

/** @internal */
export function startPage(url: string, authority: string, users: readonly LocalEntraUser[]): string {
  const rows = users.map((user) => html`<li><code>${user.userName}</code>: ${user.situation}</li>`);
  return layout(
    'LocalEntra',
    html`<p>
        It imitates the endpoints of Microsoft Entra ID for tests and demos. Whoever asks is signed in, without a
        password.
      </p>
      <p>Authority: <code>${authority}</code></p>
      <p>Metadata: <a href="${`${authority}/v2.0/.well-known/openid-configuration`}">openid-configuration</a></p>
      <p>Address: <code>${url}</code></p>
      <h2>Users</h2>
      <ul>
        ${rows}
      </ul>`,
  );
}

/** An error that stays on the identity provider's page, as 50011 or 700016 do. @internal */
export function errorPage(code: number, description: string): string {
  return layout('Sign-in error', html`<p>AADSTS${String(code)}: ${description}</p>`);
}

/** @internal */
export function messagePage(title: string, text: string): string {
  return layout(title, html`<p>${text}</p>`);
}

const button = (name: string, value: string, label: string): Markup =>
  html`<button type="submit" name="${name}" value="${value}">${label}</button>`;

/** The page of /authorize with `autoApprove: false`. @internal */
export function authorizePage(id: string, request: AuthorizationRequest, users: readonly LocalEntraUser[]): string {
  const rows = users.map(
    (user) =>
      html`<li>
        ${button('signIn', user.userName, `Sign in as ${user.userName}`)} ${button('mfa', user.userName, 'with MFA')}
        ${button('consent', user.userName, 'and consent')}<br />${user.situation}
      </li>`,
  );
  const { policy } = request;
  const forgot = policy === undefined ? [] : [button('forgot', 'yes', 'Forgot your password?')];
  return layout(
    policy === undefined ? 'Sign in' : `User flow ${policy}`,
    html`<p>${request.redirectUri} asks for: <code>${request.scopes.join(' ')}</code></p>
      <p>claims: <code>${request.claims ?? 'none'}</code>; prompt: <code>${request.prompt ?? 'none given'}</code></p>
      <form method="post" action="/local-entra/decide">
        <input type="hidden" name="id" value="${id}" />
        <ul>
          ${rows}
        </ul>
        <p>${button('cancel', 'yes', 'Cancel')} ${forgot}</p>
        <p>
          <label>Code <input name="code" placeholder="50076" /></label>
          ${button('fail', 'yes', 'Fail with this code')}
        </p>
      </form>`,
  );
}

/** @internal */
export function devicePage(userCode: string, users: readonly LocalEntraUser[]): string {
  const rows = users.map((user) => html`<li>${button('user', user.userName, `Sign in as ${user.userName}`)}</li>`);
  return layout(
    'Enter code',
    html`<form method="post" action="/local-entra/device">
      <p>
        <label>Code <input name="user_code" value="${userCode}" /></label>
      </p>
      <ul>
        ${rows}
      </ul>
      <p>${button('decline', 'yes', 'Decline')}</p>
    </form>`,
  );
}

/** @internal */
export function adminConsentPage(id: string, scopes: string): string {
  return layout(
    'Permissions requested',
    html`<p>Grant for the whole organisation: <code>${scopes}</code></p>
      <form method="post" action="/local-entra/admin-consent">
        <input type="hidden" name="id" value="${id}" />
        ${button('accept', 'yes', 'Accept')} ${button('cancel', 'yes', 'Cancel')}
      </form>`,
  );
}

/** response_mode=form_post: a form that submits itself, and a button for browsers without script. @internal */
export function formPostPage(action: string, fields: Readonly<Record<string, string>>, scriptNonce: string): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return layout(
    'Working',
    html`<form method="post" action="${action}">${inputs}<button type="submit">Continue</button></form>
      <script nonce="${scriptNonce}">
        document.forms[0].submit();
      </script>`,
  );
}

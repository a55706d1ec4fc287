// The application's own pages. The error pages come from aad-error-handler.
const escape = (text) => String(text).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.6 "Segoe UI",system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}</style></head>
<body><h1>${escape(title)}</h1>${content}</body></html>`;

/** @param user undefined when nobody is signed in @param entra LocalEntra, whose users may be tried */
export function homePage({ user, entra }) {
  const signedIn = user
    ? `<p>Signed in as ${escape(user.preferred_username)}. <a href="/logout">Sign out</a></p><p><a href="/me">Call the API</a></p>`
    : '<p>Nobody is signed in. <a href="/login">Sign in</a> or <a href="/me">call the API at once</a>.</p>';
  if (entra === undefined) return page('Sign-in with express-openid-connect', signedIn);
  const users = entra.users.map(
    ({ userName, situation }) =>
      `<li><a href="/local/sign-in?login_hint=${encodeURIComponent(userName)}">${escape(userName)}</a>: ${escape(situation)}</li>`,
  );
  return page(
    'Sign-in with express-openid-connect',
    `${signedIn}<h2>Sign in as</h2><ul>${users.join('')}</ul><h2>Make it fail</h2><ul>
<li><a href="/local/cancel">Sign in and go back</a></li>
<li><a href="/local/revoke">Revoke the sessions of the one signed in</a>, then call the API</li></ul>`,
  );
}

export function userPage(user) {
  return page('What the API says', `<pre>${escape(JSON.stringify(user, null, 2))}</pre><p><a href="/">Back</a></p>`);
}

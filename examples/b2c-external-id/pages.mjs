// Two plain pages. The error pages come from aad-error-handler.
const escape = (text) => String(text).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

const layout = (
  title,
  body,
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}</style></head>
<body><h1>${title}</h1>${body}</body></html>`;

export function homePage({ account, name, paths, hasEditProfile }) {
  const edit = hasEditProfile ? '<li><a href="/profile/sign-in">Edit your profile</a></li>' : '';
  const body = account
    ? `<p>Welcome, ${escape(name ?? account.username)}.</p><ul><li><a href="/orders">Your orders</a></li>${edit}
<li><a href="${paths.signOut}">Sign out</a></li></ul>`
    : `<p>Nobody is signed in.</p><ul><li><a href="${paths.signIn}">Sign in</a></li><li><a href="/orders">Your orders</a></li></ul>`;
  return layout('Contoso shop', body);
}

export const ordersPage = ({ name, tokenLength }) =>
  layout(
    'Your orders',
    `<p>${escape(name)}: fetched with a token of ${tokenLength} characters.</p><p><a href="/">Back</a></p>`,
  );

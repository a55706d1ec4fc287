// The application's own pages; those for errors come from aad-error-handler.
const escape = (text) => String(text).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

const layout = (title, content) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} - Contoso Intranet</title><link rel="stylesheet" href="/style.css"></head>
<body><header><a href="/">Contoso Intranet</a></header><main><h1>${escape(title)}</h1>${content}</main></body>
</html>`;

export function homePage({ account, paths }) {
  const who = account
    ? `<p>Signed in as ${escape(account.username)}.</p><form method="post" action="${paths.signOut}"><button>Sign out</button></form>`
    : `<p>Nobody is signed in. <a href="${paths.signIn}">Sign in</a></p>`;
  return layout(
    'Home',
    `${who}<ul><li><a href="/profile">Your profile</a></li><li><a href="/mail">Your mail</a></li></ul>`,
  );
}

export const profilePage = (user) =>
  layout('Your profile', `<p>${escape(user.displayName)}, ${escape(user.userPrincipalName)}</p>`);

export const mailPage = ({ value }) =>
  layout('Your mail', `<ul>${value.map(({ subject }) => `<li>${escape(subject)}</li>`).join('')}</ul>`);

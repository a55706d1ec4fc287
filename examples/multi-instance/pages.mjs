// Two plain pages. The error pages come from aad-error-handler.
const escape = (text) => String(text).replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);

const layout = (
  title,
  body,
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}</style></head>
<body><h1>${title}</h1>${body}<p><small>Answered by process ${process.pid}.</small></p></body></html>`;

export function homePage({ account, paths, apis, hasRedis }) {
  const who = account
    ? `Signed in as ${escape(account.username)}. <a href="${paths.signOut}">Sign out</a>`
    : `Nobody is signed in. <a href="${paths.signIn}">Sign in</a>`;
  const links = apis.map(([path]) => `<li><a href="${path}">${path}</a></li>`).join('');
  return layout(
    'Contoso expenses',
    `<p>${who}</p><ul>${links}</ul><p>Sessions: ${hasRedis ? 'Redis' : 'sealed cookies'}.</p>`,
  );
}

export const answerPage = (answer) =>
  layout('The API says', `<pre>${escape(JSON.stringify(answer, null, 2))}</pre><p><a href="/">Back</a></p>`);

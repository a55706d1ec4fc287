// Stands in for Microsoft Graph where there is no tenant, with a page of buttons that break things.
// LocalEntra's sample API judges the tokens, and sends the claims challenge of a revoked session; the data is invented.
import express from 'express';
import { decodeJwt } from 'jose';
import { graphErrorResponse } from 'aad-error-handler/testing';
import { listen } from './listen.mjs';

const graphAppId = '00000003-0000-0000-c000-000000000000';

const resources = [
  ['/me', 'User.Read', (user) => ({ displayName: user.name, userPrincipalName: user.preferred_username })],
  [
    '/me/messages',
    'Mail.Read',
    () => ({ value: [{ subject: 'Your travel request' }, { subject: 'Lunch on Thursday?' }] }),
  ],
  [
    '/me/drive/root/children',
    'Files.Read',
    () => ({ value: [{ name: 'Taxi to the airport.pdf' }, { name: 'Hotel, two nights.pdf' }] }),
  ],
];

const troubles = new Map([
  [
    'revoke',
    {
      label: 'Revoke all sessions',
      effect: 'As an administrator can: the next call of Microsoft Graph is answered with a claims challenge.',
      run: (entra) => entra.users.forEach(({ userName }) => entra.revoke(userName)),
    },
  ],
  [
    'throttle',
    {
      label: 'Keep Entra busy for 20 seconds',
      effect: 'The next page that needs a token it has not had yet meets a 503, and waits.',
      run: (entra) => entra.throttle({ seconds: 20, status: 503 }),
    },
  ],
]);

export async function startLocalGraph(entra) {
  const app = express();

  for (const [path, scope, data] of resources) {
    app.get(`/v1.0${path}`, async (req, res) => {
      const authorization = req.get('authorization') ?? '';
      const verdict = await fetch(`${entra.url}/api/me`, { headers: { authorization } });
      if (!verdict.ok) return send(res, verdict.status, Object.fromEntries(verdict.headers), await verdict.text());
      const user = await verdict.json();
      const refusal =
        decodeJwt(authorization.slice('Bearer '.length)).aud !== graphAppId
          ? graphErrorResponse('invalid-token')
          : user.scp?.split(' ').includes(scope)
            ? undefined
            : graphErrorResponse('forbidden');
      if (refusal) return send(res, refusal.status, refusal.headers, JSON.stringify(refusal.body));
      res.json(data(user));
    });
  }

  app.get('/', (_req, res) => {
    const buttons = [...troubles].map(
      ([id, { label, effect }]) => `<p><button formaction="/trouble/${id}">${label}</button><br>${effect}</p>`,
    );
    res.send(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Make trouble</title><style>:root{color-scheme:light dark}body{max-width:40rem;margin:0 auto;padding:1rem;font:1rem/1.6 system-ui}button{font:inherit}</style>
<h1>Make trouble</h1><p>Press a button, then go on in the example.</p><form method="post">${buttons.join('')}</form></html>`);
  });
  app.post('/trouble/:id', (req, res, next) => {
    const trouble = troubles.get(req.params.id);
    if (trouble === undefined) return next();
    trouble.run(entra);
    res.redirect(303, '/');
  });

  const server = await listen(0);
  server.serve(app);
  return server;
}

function send(res, status, headers, body) {
  const challenge = headers['www-authenticate'];
  if (challenge) res.set('www-authenticate', challenge);
  res.status(status).type('json').send(body);
}

// The application that the ESM and the CJS project run; the TypeScript project has its own, typed.
import { createFailingCall, msalConfiguration } from './entra.mjs';
import { check } from './checks.mjs';

/** @param modules `{ express, ConfidentialClientApplication, aadErrorHandler, msalInteraction }` as the project loaded them */
export async function run({ express, ConfidentialClientApplication, aadErrorHandler, msalInteraction }) {
  const client = new ConfidentialClientApplication(msalConfiguration);
  const fails = await createFailingCall(client);
  // Express 4 does not look at promises.
  const mail = (_req, res, next) => {
    fails().then(() => res.send('a token'), next);
  };

  const withoutSignIn = express.Router();
  withoutSignIn.get('/mail', mail);
  withoutSignIn.use(aadErrorHandler());

  const auth = msalInteraction({
    client,
    baseUrl: 'https://app.contoso.example',
    secret: 'invented-secret-of-forty-characters-0123',
    onSignedIn: () => undefined,
  });
  const foreign = new TypeError('a mistake of the application');

  const app = express();
  app.use('/plain', withoutSignIn);
  app.use(auth.router);
  app.get('/mail', mail);
  app.get('/foreign', (_req, _res, next) => next(foreign));
  app.use(aadErrorHandler({ interaction: auth }));
  app.use((error, _req, res, _next) => {
    res.status(error === foreign ? 418 : 500).send(error.message);
  });
  await check(app);
}

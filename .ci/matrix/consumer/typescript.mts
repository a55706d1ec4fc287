// Compiled against the declarations of this cell's Express and MSAL, then run: both must fit ours without a cast.
import { ConfidentialClientApplication, type AuthenticationResult } from '@azure/msal-node';
import {
  aadErrorHandler,
  msalInteraction,
  normalizeAadError,
  type AadErrorHandlerOptions,
  type DecisionEvent,
} from 'aad-error-handler';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { check } from './checks.mjs';
import { createFailingCall, msalConfiguration } from './entra.mjs';

const client = new ConfidentialClientApplication(msalConfiguration);
const fails: () => Promise<AuthenticationResult | null> = await createFailingCall(client);
const mail: RequestHandler = (_request, response, next) => {
  fails().then((result) => response.send(result?.accessToken), next);
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

const events: DecisionEvent[] = [];
const options: AadErrorHandlerOptions = { interaction: auth, onDecision: (event) => events.push(event) };
const handler: ErrorRequestHandler = aadErrorHandler(options);
const passedOn: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  response.status(error === foreign && normalizeAadError(error) === undefined ? 418 : 500).send('passed on');
};

const app = express();
app.use('/plain', withoutSignIn);
app.use(auth.router);
app.get('/mail', mail);
app.get('/foreign', (_request, _response, next) => {
  next(foreign);
});
app.use(handler);
app.use(passedOn);
await check(app);

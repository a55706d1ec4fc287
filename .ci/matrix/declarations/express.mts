// Our handlers are Express's own types, of 4 and of 5, without a cast.
import { aadAuthResponse, aadErrorHandler, msalInteraction, requireAuthContext } from 'aad-error-handler';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';

const auth = msalInteraction({
  client: { getAuthCodeUrl: async () => 'https://login.microsoftonline.com/', acquireTokenByCode: async () => null },
  baseUrl: 'https://app.contoso.example',
  secret: 'invented-secret-of-forty-characters-0123',
  onSignedIn: () => undefined,
});
export const errorHandler: ErrorRequestHandler = aadErrorHandler({ interaction: auth });
export const handlers: RequestHandler[] = [auth.router, aadAuthResponse(), requireAuthContext('c1')];

const app = express();
app.use(auth.router, aadAuthResponse());
app.get('/payments', requireAuthContext('c1'), (_request, response) => {
  response.send('paid');
});
app.use(aadErrorHandler({ interaction: auth }));
const router = express.Router();
router.use(
  requireAuthContext((request) => (request.originalUrl === '/' ? undefined : 'c1')),
  aadErrorHandler(),
);

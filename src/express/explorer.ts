import { localeTags } from '../catalog/index.js';
import type { ExplorerSetup } from '../explorer/index.js';
import { createSealer } from '../interaction/index.js';
import {
  AadOptionsError,
  checkOptions,
  createSettings,
  respondOptionNames,
  type OptionNames,
  type RespondOptions,
} from '../options.js';
import type { ResponseSpec } from '../types.js';
import { readSecrets } from './secrets.js';
import { callbackParameters } from './form-body.js';
import type { Handler, RequestIn } from './types.js';
import { canAnswer, writeResponse } from './write.js';

/**
 * Options of {@link aadErrorExplorer}: those of aadErrorHandler that shape answers, so that previews look like the
 * application's own pages (branding, texts, languages, overrides), and the permission for production.
 */
export interface AadErrorExplorerOptions extends RespondOptions {
  /**
   * Run with `NODE_ENV=production` as well. The explorer shows how the application decides, so it is not for everybody:
   * put an authorization check before it. Tokens are not asked for there.
   * @defaultValue false
   */
  readonly allowInProduction?: boolean;
}

const optionNames = {
  ...respondOptionNames,
  allowInProduction: 'boolean',
} as const satisfies Record<keyof AadErrorExplorerOptions, OptionNames[string]>;

const call = 'aadErrorExplorer';

/** Longest text that is sealed into its form: what the sealer opens is limited. */
const maxSealedText = 8_000;
/** How long a result page can be asked for another language. */
const sealedForMs = 8 * 60 * 60 * 1_000;

type Explorer = typeof import('../explorer/index.js');
let loading: Promise<Explorer> | undefined;

/** Pages and stylesheet are loaded by the first request: applications that only mount the handler pay nothing for them. */
const load = (): Promise<Explorer> => (loading ??= import('../explorer/index.js'));

/**
 * A page for developers: look up a code, paste an error, a JSON body, an HTTP answer or a `WWW-Authenticate` value, and see
 * what was read, what was decided and why, and what a person, a script and an API client get, in any language.
 *
 * Works offline and without script. What is pasted is redacted before it is shown, and neither kept nor logged.
 *
 * @example
 * ```ts
 * if (process.env.NODE_ENV !== 'production') app.use('/errors', aadErrorExplorer());
 * ```
 * @throws AadOptionsError at start-up: a wrong option, or `NODE_ENV` is `production` without `allowInProduction`
 */
export function aadErrorExplorer(options: AadErrorExplorerOptions = {}): Handler {
  checkOptions(call, options, optionNames);
  const { allowInProduction, ...respondOptions } = options;
  const environment = process.env['NODE_ENV'];
  if (environment === 'production' && allowInProduction !== true) {
    throw new AadOptionsError(
      'ERR_AAD_OPTIONS_MISSING',
      'allowInProduction',
      `${call}: refuses to run with NODE_ENV=production, because it shows how the application decides. Mount it in development only, or set allowInProduction: true behind an authorization check.`,
    );
  }
  // Previews are pages for users: the developer part would repeat what the explorer shows around them.
  const settings = createSettings(call, { exposeDetails: false, ...respondOptions }, environment);
  const sealer = createSealer(readSecrets(call, undefined));
  const setup: Omit<ExplorerSetup, 'nowMs' | 'seal' | 'open'> = {
    settings,
    locales: respondOptions.locales?.map((locale) => (typeof locale === 'string' ? locale : locale.tag)) ?? localeTags,
    takesToken: environment !== 'production',
  };

  return function aadErrorExplorerMiddleware(request, response, next) {
    if (!isOwnPath(request)) {
      next();
      return;
    }
    const nowMs = Date.now();
    const run = async (): Promise<ResponseSpec> => {
      const { explore } = await load();
      const whole: ExplorerSetup = {
        ...setup,
        nowMs,
        seal: (value) =>
          JSON.stringify(value).length > maxSealedText
            ? undefined
            : sealer.seal('explorer', value, nowMs + sealedForMs),
        open: (sealed) => sealer.open('explorer', sealed, nowMs),
      };
      if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) {
        const refused = explore(new Map(), whole, { status: 405, sentence: 'The explorer is read with GET and POST.' });
        return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD, POST' } };
      }
      if (isForeignForm(request))
        return explore(new Map(), whole, {
          status: 403,
          sentence: 'That form came from another site and was not read.',
        });
      const parameters = await callbackParameters(request).catch(() => undefined);
      return parameters === undefined
        ? explore(new Map(), whole, { status: 413, sentence: 'That text could not be read: at most 64 KB fit.' })
        : explore(parameters, whole);
    };
    run().then((spec) => {
      if (canAnswer(response)) writeResponse(response, spec, [], request.method === 'HEAD');
    }, next);
  };
}

/** The mount point itself; everything below it is somebody else's. */
function isOwnPath({ url = '/' }: RequestIn): boolean {
  return url === '/' || url.startsWith('/?') || url.startsWith('?') || url === '';
}

/** Nobody else's page may put a text in front of the developer. Browsers name the origin's relation in every request. */
function isForeignForm({ method, headers }: RequestIn): boolean {
  const site = headers['sec-fetch-site'];
  return method === 'POST' && site !== undefined && site !== 'same-origin' && site !== 'none';
}

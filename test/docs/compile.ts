import { join, resolve } from 'node:path';
import ts from 'typescript';

/** A piece of code of a document, or of a doc comment. */
export interface Snippet {
  /** Path and line, for messages. */
  readonly name: string;
  /** Folder whose files its relative imports mean. */
  readonly folder: string;
  readonly text: string;
}

/** What a reader's application has around a snippet. Any other name that a snippet does not define is a mistake of it. */
const surroundings = `
declare const app: any, auth: any, error: any, request: any, req: any, res: any, next: any, session: any, redis: any;
declare const client: import('@azure/msal-node').ConfidentialClientApplication;
declare const account: import('@azure/msal-node').AccountInfo;
declare const scopes: string[], scope: string, apiScope: string, secret: string, accessToken: string, method: string;
declare const url: string, baseUrl: string, apiUrl: string, mailUrl: string, filesUrl: string, redirectUri: string;
declare const headers: Record<string, string>, clientId: string, clientSecret: string, knownAuthorities: string[];
declare const msal: import('@azure/msal-node').Configuration['auth'], system: import('@azure/msal-node').NodeSystemOptions;
declare const sessions: any, breaker: import('aad-error-handler').CircuitBreaker;
declare function startYourSignIn(req: any, res: any, wanted: import('aad-error-handler').InteractionRequest | undefined): void;
declare function headersFor(req: any): Promise<Record<string, string>>;
declare const validateToken: any, sendPayouts: any, getAccount: any, onSignedIn: any, saveAccount: any, mailPage: any;
`;
/** Members that middleware of others adds to a request. */
const augmentations = `
import 'express-session';
declare module 'express-session' { interface SessionData { [name: string]: any } }
declare module 'express-serve-static-core' { interface Request { session: any } }
`;

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: false,
  skipLibCheck: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  paths: {
    'aad-error-handler': [resolve('src/index.ts')],
    'aad-error-handler/client': [resolve('src/client/index.ts')],
    'aad-error-handler/core': [resolve('src/core.ts')],
    'aad-error-handler/testing': [resolve('src/testing/index.ts')],
    'aad-error-handler/locales/*': [resolve('texts-of-a-language.ts')],
  },
};

/** In JavaScript `{ flow: 'silent' }` in a variable is `{ flow: string }`; that a value is one of the words is not lost. */
const isWidened = /Type 'string' is not assignable to type '(?:Flow|"ltr" \| "rtl")'\.$/;

/**
 * What the compiler says about snippets, by name; those without a mistake are left out.
 *
 * @param globals further declarations
 */
export function compile(snippets: readonly Snippet[], globals: string): Map<string, string[]> {
  const files = new Map<string, string>([
    [resolve('surroundings.d.ts'), surroundings + globals],
    [resolve('augmentations.d.ts'), augmentations],
    // The build makes these modules; dist need not be there.
    [
      resolve('texts-of-a-language.ts'),
      `const texts: import('aad-error-handler').LocaleTexts = undefined as any; export default texts;`,
    ],
  ]);
  const nameOf = new Map<string, string>();
  snippets.forEach(({ name, folder, text }, index) => {
    const path = join(resolve(folder), `snippet-${String(index)}.mjs`);
    files.set(path, text);
    nameOf.set(path, name);
  });
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists.call(host, path);
  host.readFile = (path) => files.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, language, ...rest)
      : ts.createSourceFile(path, text, language, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const found = new Map<string, string[]>();
  for (const path of nameOf.keys()) {
    const file = program.getSourceFile(path);
    const messages = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .map(({ start = 0, messageText }) => {
        const { line } = file!.getLineAndCharacterOfPosition(start);
        return `line ${String(line + 1)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      })
      .filter((message) => !isWidened.test(message));
    if (messages.length > 0) found.set(nameOf.get(path)!, messages);
  }
  return found;
}

/** The public declarations of the package as one stable text: names and signatures of each entry, without comments. */
import { dirname, resolve } from 'node:path';
import ts from 'typescript';
import { root } from './support.ts';

/** Core first: what it exports is not printed again for `.`. */
const entries = [
  ['aad-error-handler/core', 'core.d.ts'],
  ['aad-error-handler', 'index.d.ts'],
  ['aad-error-handler/testing', 'testing/index.d.ts'],
  ['aad-error-handler/client', 'client/index.d.ts'],
] as const;

/** Where the emitted declarations seem to lie, so that `./core.js` finds them and not the sources. */
const emitted = resolve(root, 'declarations');

export function publicApi(): string {
  const program = programOf(emitDeclarations());
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  const target = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const isOurs = (node: ts.Node): boolean => node.getSourceFile().fileName.startsWith(emitted);
  const print = (symbol: ts.Symbol): string =>
    (symbol.declarations ?? [])
      .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
      .map((node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()))
      .map((text) => text.replace(/^export /, '').replace(/^declare /, ''))
      .join('\n');

  const printed = new Map<ts.Symbol, string>();
  const sections: string[] = [];
  for (const [name, file] of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(resolve(emitted, file))!)!;
    const exported = checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
    const fresh = exported.filter((symbol) => !printed.has(target(symbol)));
    const repeated = exported.length - fresh.length;
    for (const symbol of fresh) printed.set(target(symbol), symbol.name);
    const texts = fresh.map((symbol) => print(target(symbol)));
    if (repeated > 0) texts.unshift(`// and the ${repeated} exports of aad-error-handler/core`);
    sections.push([`# ${name}`, ...texts].join('\n\n'));
  }

  // What a signature names without exporting it: users see it, and cannot import it.
  const reached = new Map<ts.Symbol, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const found = checker.getSymbolAtLocation(node);
      const symbol = found && target(found);
      const isType = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter) !== 0;
      if (isType && !printed.has(symbol) && !reached.has(symbol) && symbol.declarations?.every(isOurs) === true) {
        reached.set(symbol, print(symbol));
        symbol.declarations.forEach(visit);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of printed.keys()) symbol.declarations?.forEach(visit);
  const inner = [...reached.values()].sort();
  return `${[...sections, ['# reached by those, exported by none', ...inner].join('\n\n')].join('\n\n')}\n`;
}

/** Declarations of src/, path below it -> text. */
function emitDeclarations(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const program = ts.createProgram(
    entries.map(([, file]) => resolve(root, 'src', file.replace('.d.ts', '.ts'))),
    { ...options(), declaration: true, emitDeclarationOnly: true, outDir: emitted, rootDir: resolve(root, 'src') },
  );
  program.emit(undefined, (path, text) => files.set(path, text));
  return files;
}

function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const host = ts.createCompilerHost(options());
  const { fileExists, readFile, directoryExists } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.directoryExists = (path) =>
    [...files.keys()].some((file) => dirname(file) === path) || directoryExists?.(path) === true;
  return ts.createProgram(
    entries.map(([, file]) => resolve(emitted, file)),
    options(),
    host,
  );
}

function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const parsed = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noEmit: false }, root);
  return parsed.options;
}

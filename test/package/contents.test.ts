import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasDist, localeTags, manifest, pack, root, type Pack } from './support.ts';

/** What may be in the package. `#` stands for the hash of a chunk. */
const expectedFiles = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'],
  ...['ERRORS', 'FEATURES', 'GUIDE', 'MIGRATION', 'OPTIONS', 'README', 'TROUBLESHOOTING'].map(
    (name) => `examples/${name}.md`,
  ),
  ...['aadb2c', 'aadsts', 'azure-identity-errors', 'msal-errors', 'network-codes', 'oauth-errors', 'resource-errors']
    .concat('sources', 'suberrors')
    .map((name) => `data/${name}.json`),
  ...['aadb2c', 'aadsts', 'azure-identity-errors', 'common', 'locale', 'msal-errors', 'network-codes', 'oauth-errors']
    .concat('problem', 'resource-errors', 'sources', 'suberrors')
    .map((name) => `data/schema/${name}.schema.json`),
  ...localeTags.map((tag) => `data/locales/${tag}.json`),
  ...localeTags.flatMap((tag) => ['cjs', 'd.cts', 'd.ts', 'js'].map((end) => `dist/locales/${tag}.${end}`)),
  ...['client', 'core', 'index', 'testing'].flatMap((name) =>
    ['cjs', 'd.cts', 'd.ts', 'js'].map((end) => `dist/${name}.${end}`),
  ),
  'dist/cli.js',
  ...['dist/chunk-#.cjs', 'dist/chunk-#.js', 'dist/core-#.d.cts', 'dist/core-#.d.ts'],
  // Loaded by the first request for it.
  ...['dist/explorer-#.cjs', 'dist/explorer-#.js'],
].sort();

/** Bytes; what was true when this was written and a tenth more. More is a decision, not an accident. */
const limits = { size: 1_250_000, unpackedSize: 3_740_000 };

const targets = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.values(value as Record<string, unknown>).flatMap(targets);

describe.runIf(hasDist)('the packed package', () => {
  let packed: Pack;
  let paths: string[];
  beforeAll(() => {
    packed = pack();
    paths = packed.files.map((file) => file.path);
  });

  test('holds the files that are listed here and no other', () => {
    const patterns = paths.map((path) => path.replace(/^(dist\/\w+)-[\w-]{8}\./, '$1-#.'));
    expect([...new Set(patterns)].sort()).toEqual(expectedFiles);
  });

  test('is not larger than it was', () => {
    console.log(`tarball ${String(packed.size)} bytes, unpacked ${String(packed.unpackedSize)} bytes`);
    expect(packed.size).toBeLessThanOrEqual(limits.size);
    expect(packed.unpackedSize).toBeLessThanOrEqual(limits.unpackedSize);
  });

  test('has every file that package.json points to', () => {
    const { main, module, types, bin, exports } = manifest;
    const wanted = [main, module, types, ...Object.values(bin), ...targets(exports)].map((path) => path.slice(2));
    const missing = wanted.filter((path) => {
      const [before, after] = path.split('*');
      return after === undefined
        ? !paths.includes(path)
        : !paths.some((found) => found.startsWith(before!) && found.endsWith(after));
    });
    expect(missing).toEqual([]);
  });

  test('has nothing of this machine, no source and no test in it', () => {
    const built = paths.filter((path) => path.startsWith('dist/'));
    expect(built.filter((path) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    const text = built.map((path) => readFileSync(root + path, 'utf8')).join('\n');
    expect(text.includes(root)).toBe(false);
    expect(text).not.toMatch(/sourceMappingURL/);
  });

  test('keeps one copy of the catalogue a format, shared by its entries and the command line', () => {
    const generated = readFileSync(`${root}src/catalog/generated/locales.ts`, 'utf8');
    const english = /"en": \(\) => "([^"]{200})/.exec(generated)![1]!;
    const holders = paths.filter((path) => /\.c?js$/.test(path) && readFileSync(root + path, 'utf8').includes(english));
    expect(holders.map((path) => path.replace(/-.*\./, '-#.')).sort()).toEqual(['dist/chunk-#.cjs', 'dist/chunk-#.js']);
  });
});

describe('package.json', () => {
  test('runs nothing when it is installed', () => {
    const install = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
    expect(install.filter((name) => name in manifest.scripts)).toEqual([]);
  });

  test('has no dependency but http-errors and jose, pinned exactly', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['http-errors', 'jose']);
    expect(Object.values(manifest.dependencies).filter((range) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
    expect(manifest.optionalDependencies).toBeUndefined();
  });

  test('exports the entries that README promises, types before code under each condition', () => {
    expect(Object.keys(manifest.exports)).toEqual([
      ...['.', './core', './testing', './client', './locales/*'],
      ...['./problem.schema.json', './data/*', './package.json'],
    ]);
    for (const entry of Object.values(manifest.exports).filter((value) => typeof value === 'object')) {
      for (const condition of Object.values(entry as Record<string, Record<string, string>>))
        expect(Object.keys(condition)).toEqual(['types', 'default']);
    }
  });
});

describe.runIf(hasDist)('declarations', () => {
  test('import nothing but Node’s own modules and each other: no Express, no MSAL', () => {
    const declarations = pack().files.filter((file) => /\.d\.c?ts$/.test(file.path));
    expect(declarations.length).toBeGreaterThan(8);
    const imported = declarations.flatMap(({ path }) => {
      const text = readFileSync(root + path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const names = [...text.matchAll(/(?:from|import\(|require\()\s*'([^']+)'|types="([^"]+)"/g)];
      return names.map((match) => match[1] ?? match[2]!).filter((name) => !name.startsWith('.'));
    });
    expect([...new Set(imported)]).toEqual(['node:http']);
  });
});

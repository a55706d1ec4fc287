import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { hasDist, root } from './support.ts';

/** A page's bundle of some lines, as text. */
async function bundle(lines: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: lines, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

describe.runIf(hasDist)('a bundle for browsers', () => {
  test('takes along the one language that is imported, and nothing of the library', async () => {
    const text = await bundle(`
      import nl from 'aad-error-handler/locales/nl';
      export const titleOf = (problem) => nl.situations[problem.situation]?.title;`);
    expect(text).toContain('Uw wachtwoord is verlopen');
    expect(text).not.toMatch(/Ihr Kennwort|Your password|createHash|AADSTS/);
    console.log(`one language: ${String(text.length)} characters`);
    expect(text.length).toBeLessThan(30_000);
  });

  test('with aadFetch stays below a kilobyte and needs no module of Node', async () => {
    const text = await bundle(`export { aadFetch } from 'aad-error-handler/client';`);
    console.log(`aadFetch: ${String(text.length)} characters`);
    expect(text.length).toBeLessThan(1_000);
    expect(text).not.toMatch(/require|node:/);
  });
});

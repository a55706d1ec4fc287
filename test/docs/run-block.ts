import { compileFunction } from 'node:vm';
import { codeBlocks } from '../examples/document-code.js';

/**
 * Runs a marked block as it stands in the document, and waits for it.
 *
 * @param modules answers of its imports, default exports as `default`
 * @param surroundings what the reader's application has around it
 * @param result names of the block to give back
 */
export async function runDocumentBlock(
  path: string,
  mark: string,
  modules: Readonly<Record<string, object>>,
  surroundings: Readonly<Record<string, unknown>> = {},
  result: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const block = codeBlocks(path).find((candidate) => candidate.language === 'js' && candidate.mark === mark);
  if (block === undefined) throw new Error(`${path} has no code block marked "${mark}"`);
  const body = block.text.replace(
    /^import (\w+)?(?:, )?(?:(\{[^}]*\}))? from '([^']+)';/gm,
    (_line, byDefault: string | undefined, named: string | undefined, from: string) => {
      const members = [byDefault && `default: ${byDefault}`, named?.slice(1, -1).replace(/ as /g, ': ')];
      return `const { ${members.filter(Boolean).join(', ')} } = imported('${from}');`;
    },
  );
  const imported = (name: string): object => {
    const found = modules[name];
    if (found === undefined) throw new Error(`the block "${mark}" imports ${name}, which the test does not give`);
    return found;
  };
  const run = compileFunction(
    `return (async () => { ${body}\n; return { ${result.join(', ')} }; })();`,
    ['imported', ...Object.keys(surroundings)],
    { filename: path },
  ) as (...parameters: unknown[]) => Promise<Record<string, unknown>>;
  return run(imported, ...Object.values(surroundings));
}

import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import { transform } from 'esbuild';

/** A fenced block of a Markdown file. `mark` is the second word of its info string: "```js recipe". */
export interface CodeBlock {
  readonly language: string;
  readonly mark: string | undefined;
  readonly text: string;
  readonly line: number;
}

export function codeBlocks(path: string): CodeBlock[] {
  const document = readFileSync(path, 'utf8');
  return [...document.matchAll(/^```(\w+)(?: ([\w-]+))?\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    mark: match[2],
    text: match[3]!,
    line: document.slice(0, match.index).split('\n').length,
  }));
}

/** The exports of a marked code block, run as it stands in the document; its imports are answered from `modules`. */
export async function runBlock<Exports>(
  path: string,
  mark: string,
  modules: Readonly<Record<string, object>>,
): Promise<Exports> {
  const block = codeBlocks(path).find((candidate) => candidate.mark === mark);
  if (block === undefined) throw new Error(`${path} has no code block marked "${mark}"`);
  const { code } = await transform(block.text, { loader: 'js', format: 'cjs' });
  const require = (name: string): object => {
    const found = modules[name];
    if (found === undefined)
      throw new Error(`${path}: the block "${mark}" imports ${name}, which the test does not give`);
    return { __esModule: true, ...found };
  };
  const module = { exports: {} };
  compileFunction(code, ['require', 'module', 'exports'], { filename: path })(require, module, module.exports);
  return module.exports as Exports;
}

/** Rows of the table under a heading of a Markdown file, as cells without backticks. */
export function tableUnder(path: string, heading: string): string[][] {
  const document = readFileSync(path, 'utf8');
  const section = document.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${path} has no heading "${heading}"`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('`', ''))); // prettier-ignore
}

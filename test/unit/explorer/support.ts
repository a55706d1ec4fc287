import { parse, type DefaultTreeAdapterTypes as Tree } from 'parse5';
import { localeTags } from '../../../src/catalog/index.js';
import { explore, type ExplorerSetup } from '../../../src/explorer/index.js';
import { createSettings, type RespondOptions } from '../../../src/options.js';

export const nowMs = Date.parse('2026-01-15T12:00:00Z');

/** A setup whose seal can be read, so that tests see what is sealed. */
export function setupOf(options: RespondOptions = {}, more: Partial<ExplorerSetup> = {}): ExplorerSetup {
  return {
    settings: createSettings('test', { exposeDetails: false, timeZone: 'UTC', ...options }, 'test'),
    locales: localeTags,
    seal: (value) => Buffer.from(JSON.stringify(value)).toString('base64url'),
    open: (sealed) => JSON.parse(Buffer.from(sealed, 'base64url').toString()) as unknown,
    takesToken: true,
    nowMs,
    ...more,
  };
}

export interface SeenPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly source: string;
  readonly title: string;
  /** What people read, in reading order; the preview is not in it. */
  readonly text: string;
  readonly elements: readonly Tree.Element[];
  /** Source of the previewed page. */
  readonly preview: string | undefined;
}

export function see(parameters: Readonly<Record<string, string>>, setup: ExplorerSetup = setupOf()): SeenPage {
  const { status, headers, body } = explore(new Map(Object.entries(parameters)), setup);
  return { status, headers, ...readSource(body) };
}

export function readSource(source: string): Pick<SeenPage, 'source' | 'title' | 'text' | 'elements' | 'preview'> {
  const elements: Tree.Element[] = [];
  const texts: string[] = [];
  let title = '';
  const visit = (node: Tree.Node): void => {
    if ('tagName' in node) {
      elements.push(node);
      if (node.tagName === 'title') title = textOf(node);
      if (['style', 'title'].includes(node.tagName)) return;
    }
    if ('value' in node) texts.push(node.value);
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(parse(source));
  const text = texts.join('').replace(/\s+/g, ' ');
  const preview = elements.find(({ tagName }) => tagName === 'iframe');
  return { source, title, text, elements, preview: preview && attribute(preview, 'srcdoc') };
}

const textOf = (node: Tree.Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';

export const attribute = (element: Tree.Element, name: string): string | undefined =>
  element.attrs.find((entry) => entry.name === name)?.value;

/** Rows of cells as text with a ruled head; every cell must hold something. */
export function formatTable(head, rows) {
  for (const row of rows) {
    const empty = head.findIndex((_, column) => (row[column] ?? '') === '');
    if (empty >= 0) throw new Error(`the cell "${head[empty]}" of "${row[0]}" is empty`);
  }
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

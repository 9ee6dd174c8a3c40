/** Lines of cells, each column as wide as its widest cell; a rule below the first line. */
export function inColumns(lines: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, 0));
  return [text[0] ?? '', rule, ...text.slice(1)];
}

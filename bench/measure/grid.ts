/** A text table of any columns; numbers stand right. */
export function renderGrid(
  title: string,
  head: readonly string[],
  lines: readonly (readonly (string | number)[])[],
): string {
  const cells = lines.map((line) => line.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)));
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const text = [head, ...cells].map((line, row) =>
    line
      .map((cell, column) => {
        const isRight = row > 0 ? typeof lines[row - 1]?.[column] === 'number' : column > 0;
        return isRight ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [title, '', text[0] ?? '', rule, ...text.slice(1), ''].join('\n');
}

/** Three figures that count, with commas: 0.0123, 4.56, 1,234, 1,230,000. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value === 0 || Number.isInteger(value)) return withCommas(String(value));
  const size = Math.floor(Math.log10(Math.abs(value)));
  return size >= 2 ? withCommas(value.toFixed(0)) : value.toFixed(Math.min(4, 2 - size));
}

function withCommas(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

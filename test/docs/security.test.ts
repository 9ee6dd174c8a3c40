// SECURITY.md promises nothing that no test holds.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
const named = [...page.matchAll(/`(test\/[^`]+\.test\.ts)` "([^"]+)"/g)].map(
  ([, file = '', title = '']) => [file, title] as const,
);

describe('SECURITY.md', () => {
  it.each(named)('%s has "%s"', (file, title) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(title);
  });

  it('names a test in every line that says what holds, and says what nothing holds', () => {
    const lines = page.split('\n').filter((line) => /^\| .* \| .* \| .* \|$/.test(line));
    const claims = lines.filter(
      (line) =>
        !/they could|it could|^\| what|not held/.test(line) &&
        !/\| [^|]*(40\d|413|431|429|closed)[^|]*\|$/.test(line),
    );
    expect(claims.length).toBeGreaterThan(15);
    for (const line of claims) expect(line).toMatch(/`test\/[^`]+\.test\.ts` "/);
    expect(page.match(/\*\*not held\*\*/g)?.length).toBeGreaterThan(4);
  });
});

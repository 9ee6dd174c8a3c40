import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCode, ERRORS, NxsError } from '../../domain/errors.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\S+) \| (\d) \| (\d{3}) \| (.+) \|$/gm)].map(
  ([, code, kind, exit, http, hint]) =>
    [code!, { kind, exit: Number(exit), http: Number(http), hint }] as const,
);

describe('docs/errors.md', () => {
  it('has each code of the table once, word for word, and no other', () => {
    expect(rows.map(([code]) => code)).toEqual(Object.keys(ERRORS).sort());
    expect(Object.fromEntries(rows)).toEqual(ERRORS);
  });
});

describe('the error table', () => {
  it.each(Object.entries(ERRORS))('%s advises in whole sentences that fit its kind', (_code, rule) => {
    expect(rule.hint).toMatch(/^[A-Z].+\.$/);
    expect(rule.http).toBeGreaterThanOrEqual(400);
    // The contract's 3 is "Temporal not reachable" and nothing else.
    if (rule.exit === 3) expect(rule.http).toBe(503);
    if (rule.kind === 'cancelled') expect(rule.exit).toBe(4);
  });

  it('counts what is not ours as ACTIVITY_FAILED', () => {
    expect(errorCode(new Error('x'))).toBe('ACTIVITY_FAILED');
    expect(errorCode('x')).toBe('ACTIVITY_FAILED');
    expect(errorCode(new NxsError('USAGE', 'x'))).toBe('USAGE');
  });
});

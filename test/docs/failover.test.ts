import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../cli/registry.js';
import { providersSchema } from '../../config/schemas/providers.js';
import { OUTCOMES, type Outcome } from '../../domain/failover/outcome.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/failover.md'), 'utf8');
const section = page.split('## What follows from a fault')[1]?.split('\n## ')[0] ?? '';
const rows = [...section.matchAll(/^\| `([a-z_]+)` \|(.+)\|$/gm)].map(
  ([, fault, rest]) => [fault!, rest!.split('|').map((cell) => cell.trim())] as const,
);
const yamls = [...page.matchAll(/^```yaml\n([\s\S]+?)^```/gm)].map(([, text]) => text!);

function cells({ move, settle, cool, why }: Outcome): readonly string[] {
  const breaker = cool === 'open_time' ? `${settle}, opens at once` : settle;
  return [move.replace('_', ' '), breaker, cool === 'asked' ? 'as asked' : '', why];
}

describe('docs/failover.md', () => {
  it('has every fault of the outcome table once, word for word, and no other', () => {
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(OUTCOMES).map(([fault, outcome]) => [fault, cells(outcome)])),
    );
    expect(rows.map(([fault]) => fault)).toEqual(Object.keys(OUTCOMES));
  });

  it.each(yamls.map((text, index) => [index + 1, text] as const))(
    'shows example %i as it loads',
    (_n, text) => {
      const { providers } = providersSchema.parse(parse(text));
      expect(providers.length).toBeGreaterThan(0);
    },
  );

  it('shows only commands and options that there are', () => {
    const shown = [...page.matchAll(/^nxs ((?:provider )?[a-z]+)(.*)$/gm)];
    expect(shown.length).toBeGreaterThanOrEqual(6);
    for (const [line, name, rest] of shown) {
      const command = COMMANDS.find((each) => each.name === name);
      expect(command?.name, line).toBe(name);
      const options = [...(rest ?? '').split('#')[0]!.matchAll(/(?<= )--[a-z]+/g)].map(([option]) => option);
      const known = (command?.options ?? []).map(({ flags }) => flags.split(' ')[0]);
      for (const option of options) expect(known, line).toContain(option);
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { healingSchema } from '../../config/schemas/healing.js';
import { nxsSchema } from '../../config/schemas/nxs.js';
import { ACTIONS, ANOMALY_KINDS } from '../../domain/healing/model.js';
import { gaugeNames } from './support/gauges.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/healing.md'), 'utf8');
const yamls = [...page.matchAll(/^```yaml\n([\s\S]+?)^```/gm)].map(([, text]) => text ?? '');
const rows = [...page.matchAll(/^\| (\d) `([a-z_]+)` \|[^|]*\| (\w+) \|/gm)];

describe('docs/healing.md', () => {
  it.each(yamls.map((text, index) => [index + 1, text] as const))(
    'shows example %i as it loads',
    (_n, text) => {
      // The loader fills in the home directory.
      const value: unknown = parse(text.replaceAll('~/', '/home/me/'));
      const schema = text.startsWith('# nxs.yaml') ? nxsSchema : healingSchema;
      const read = schema.safeParse(value);
      expect(read.error?.issues ?? []).toEqual([]);
    },
  );

  it('has every level with its action and its default permission', () => {
    const { levels } = healingSchema.parse({}).healing;
    const wanted = Object.entries(ACTIONS).map(([level, action]) => [
      level,
      action,
      levels[level as keyof typeof levels].permission,
    ]);
    expect(rows.map(([, level, action, permission]) => [level, action, permission])).toEqual(wanted);
  });

  it('names every metric that there is', () => {
    for (const name of gaugeNames()) expect(page).toContain(name);
  });

  it('names no kind that there is not', () => {
    const named = [
      ...page.matchAll(/`(memory_\w+|disk_\w+|service_down|data_\w+|extension_crash|unresponsive)`/g),
    ]
      .map(([, kind]) => kind ?? '')
      .filter((kind) => kind !== 'data_dir');
    for (const kind of named) expect(ANOMALY_KINDS).toContain(kind);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allParts } from '../../drill/groups.js';

it('docs/drill.md has a line for each scenario and for none that is gone', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/drill.md'), 'utf8');
  const section = text.slice(text.indexOf('## What is played'), text.indexOf('## How a scenario is judged'));
  const named = [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
  const all = allParts(Promise.resolve()).flatMap(({ scenarios }) => scenarios.map(({ name }) => name));
  expect(named.sort()).toEqual(all.sort());
});

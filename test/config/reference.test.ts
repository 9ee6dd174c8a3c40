import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceMarkdown, withReference } from '../../config/reference.js';
import { PACKAGE_DIR } from './scratch.js';

describe('docs/configuration.md', () => {
  it('holds the tables as they are generated', async () => {
    const page = await readFile(join(PACKAGE_DIR, 'docs/configuration.md'), 'utf8');
    expect(page).toBe(withReference(page));
  });

  it('gives every key its type, default and meaning', () => {
    const text = referenceMarkdown();
    expect(text).toContain(
      '| `http.port` | whole number | `8787` | TCP port; a taken one falls to the next free one. |',
    );
    expect(text).toContain('| `retention.journal` | duration | `400d` |');
    expect(text).toContain('| `backup.destinations[](github).token` | secret |');
    for (const line of text.split('\n').filter((each) => each.startsWith('| `'))) {
      expect(line.split(/(?<!\\)\|/), line).toHaveLength(6);
      expect(line).not.toMatch(/\| *\|$/);
    }
  });

  it('is left alone without its markers', () => {
    expect(withReference('no markers')).toBeNull();
  });
});

// The guides are followed word for word: their commands and options exist, their YAML loads under the file that it names, and their
// links lead somewhere.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/registry.js';
import { loadConfig } from '../../config/load.js';

const ROOT = join(import.meta.dirname, '../..');
const GUIDES = readdirSync(join(ROOT, 'docs/guides')).map((name) => `docs/guides/${name}`);
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ...GUIDES,
].filter((path) => path.endsWith('.md'));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function blocks(path: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]+?)^\`\`\``, 'gm');
  return [...read(path).matchAll(fence)].map(([, text]) => text ?? '');
}

/** Each call of `nxs` or `bin/nxs` in the shell blocks, as words. */
function calls(path: string): readonly (readonly string[])[] {
  const lines = blocks(path, 'sh').flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'));
  const parts = lines.flatMap((line) => line.replace(/\s#.*$/, '').split(/&&|\|\||;|\|/));
  return parts
    .map(
      (part) =>
        part
          .trim()
          .match(/^(?:bin\/)?nxs (.*)$/)?.[1]
          ?.trim()
          .split(/\s+/) ?? [],
    )
    .filter((words) => words.length > 0);
}

function commandOf(words: readonly string[]) {
  return [2, 1]
    .map((count) => COMMANDS.find(({ name }) => name === words.slice(0, count).join(' ')))
    .find(Boolean);
}

describe.each([...GUIDES, 'README.md'])('%s', (path) => {
  it('calls only commands and options that there are', () => {
    const all = calls(path).filter(([first]) => first !== 'help');
    expect(all.length).toBeGreaterThan(2);
    for (const words of all) {
      const command = commandOf(words);
      expect(command?.name, `nxs ${words.join(' ')}`).toBeDefined();
      if (command?.raw === true) continue;
      const known = (command?.options ?? []).map(({ flags }) => flags.split(' ')[0]);
      const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
      for (const option of options)
        expect([...known, '--json', '--config'], `nxs ${words.join(' ')}`).toContain(option);
    }
  });

  it('shows only configuration that loads', async () => {
    for (const text of blocks(path, 'yaml')) {
      const name = text.match(/^# ([a-z-]+\.yaml)/)?.[1] ?? '';
      expect(name, `the first line names the file: ${text.split('\n')[0] ?? ''}`).not.toBe('');
      const dir = mkdtempSync(join(tmpdir(), 'nxs-guide-'));
      writeFileSync(join(dir, name), text);
      const variables = [...text.matchAll(/\$\{(\w+)/g)].map(([, variable]) => [
        variable ?? '',
        'a'.repeat(32),
      ]);
      const env = { ...Object.fromEntries(variables), HOME: dir, NXS_STATE_DIR: join(dir, 'state') };
      await expect(loadConfig({ env, dir }), `${name} of ${path}`).resolves.toBeDefined();
    }
  });
});

describe.each(PAGES)('%s', (path) => {
  it('links to pages and headings that there are', () => {
    const links = [
      ...read(path)
        .replace(/`[^`\n]+`/g, '')
        .matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g),
    ].map(([, link]) => link ?? '');
    for (const link of links) {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(ROOT, target)), `${path} -> ${link}`).toBe(true);
      if (heading !== undefined && target.endsWith('.md'))
        expect(headings(target), `${path} -> ${link}`).toContain(heading);
    }
  });
});

/** Ids of headings as GitHub makes them. */
function headings(path: string): readonly string[] {
  return read(path)
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
}

import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

// The determinism rules are lists of names; each is seen to fail here, so that a typo in one cannot pass for safety.
// Typed rules are left out: they need the file on disk, and `npm run check:lint` runs them on the real tree.

const eslint = new ESLint({
  cwd: join(import.meta.dirname, '..'),
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false, project: false } } },
  ],
});

const lint = async (filePath: string, code: string): Promise<readonly (string | null)[]> => {
  const [result] = await eslint.lintText(code, { filePath });
  return result!.messages.map((message) => message.ruleId);
};

const BOTH = [
  ['getHours', 'export const x = new Date(0).getHours();'],
  ['setMonth', 'export const x = new Date(0).setMonth(1);'],
  ['toDateString', 'export const x = new Date(0).toDateString();'],
  ['toLocaleString', 'export const x = (1).toLocaleString();'],
  ['toLocaleDateString', 'export const x = new Date(0).toLocaleDateString();'],
  ['localeCompare', "export const x = 'a'.localeCompare('b');"],
  ['toLocaleUpperCase', "export const x = 'a'.toLocaleUpperCase();"],
  ['new Date(y, m)', 'export const x = new Date(2026, 1);'],
  ['Intl', 'export const x = Intl.NumberFormat();'],
  ['process', 'export const x = process.env;'],
  ['fetch', "export const x = fetch('/');"],
  ['console', "console.log('x');"],
  ['setTimeout', 'setTimeout(() => 1, 1);'],
  ['node:fs', "export { readFileSync } from 'node:fs';"],
  ['crypto', "export { createHash } from 'crypto';"],
  ['export default', 'export default 1;'],
  ['enum', 'export enum X { A }'],
] as const;

const DOMAIN = [
  ['Date.now', 'export const x = Date.now();'],
  ['new Date()', 'export const x = new Date();'],
  ['Date()', 'export const x = Date();'],
  ['Math.random', 'export const x = Math.random();'],
  ['@temporalio/workflow', "export { sleep } from '@temporalio/workflow';"],
] as const;

const WORKFLOWS = [
  ['@temporalio/client', "export { Client } from '@temporalio/client';"],
  ['activity values', "export { run } from '../activities/backup.js';"],
  ['patched()', "import { patched } from '@temporalio/workflow';\nexport const x = patched;"],
  ['deprecatePatch()', "import { deprecatePatch as y } from '@temporalio/workflow';\nexport const x = y;"],
  ['patched() of all', "import * as wf from '@temporalio/workflow';\nexport const x = wf.patched('a');"],
] as const;

const SHELLS = [
  ['shell: true', "spawn('x', [], { shell: true });"],
  ['shell by name', "spawn('x', [], { shell: '/bin/bash' });"],
  ['exec', "import { exec } from 'node:child_process';\nexec('x');"],
  ['execSync', "import { execSync } from 'node:child_process';\nexecSync('x');"],
  ['a template for a shell', "spawn('/bin/sh', ['-c', `rm ${name}`]);"],
  ['a variable for a shell', "spawn('sh', ['-c', line]);"],
  ['words for a shell', "export const words = ['/bin/bash', '-c', line];"],
] as const;

const CLEAN = [
  ['adapters/x.ts', "spawn('/bin/sh', ['-c', 'umask 077; exec \"$0\"', program]);\n"],
  ['adapters/x.ts', "spawn('git', ['-c', `a=${b}`, 'push']);\n"],
  ['adapters/x.ts', "execFile('x', [], { shell: false });\n"],
  ['domain/x.ts', 'export const x = new Date(0).getUTCHours();\n'],
  ['domain/x.ts', 'export const x = Date.UTC(2026, 1);\n'],
  ['domain/x.ts', "import { z } from 'zod';\nexport const x = z;\n"],
  ['workflows/x.ts', "import { sleep } from '@temporalio/workflow';\nexport const x = sleep;\n"],
  ['workflows/patches.ts', "import { patched } from '@temporalio/workflow';\nexport const x = patched;\n"],
  [
    'adapters/x.ts',
    "import { readFileSync } from 'node:fs';\nexport const x = [readFileSync, Date.now()];\n",
  ],
  ['vitest.config.ts', 'export default {};\n'],
] as const;

describe('the lint rules', () => {
  it.each([...BOTH, ...DOMAIN])('refuse %s in domain/', async (_name, code) => {
    expect(await lint('domain/planted.ts', code)).not.toEqual([]);
  });

  it.each([...BOTH, ...WORKFLOWS])('refuse %s in workflows/', async (_name, code) => {
    expect(await lint('workflows/planted.ts', code)).not.toEqual([]);
  });

  it('refuse a value import in activities/contracts.ts, and take a type', async () => {
    expect(await lint('activities/contracts.ts', "export { x } from '../domain/x.js';")).not.toEqual([]);
    const type = "import type { X } from '../domain/x.js';\nexport type Y = X;\n";
    expect(await lint('activities/contracts.ts', type)).toEqual([]);
  });

  it('refuse a file of more than 300 lines', async () => {
    const long = Array.from({ length: 301 }, (_, line) => `export const x${line} = 1;\n`).join('');
    expect(await lint('adapters/planted.ts', long)).toEqual(['max-lines']);
  });

  it.each(SHELLS)('refuse %s in what is shipped', async (_name, code) => {
    for (const path of ['adapters/planted.ts', 'workers/planted.ts', 'drill/planted.ts'])
      expect(await lint(path, code)).toContain('no-restricted-syntax');
  });

  it.each(CLEAN)('let %s through: %s', async (path, code) => {
    expect(await lint(path, code)).toEqual([]);
  });
});

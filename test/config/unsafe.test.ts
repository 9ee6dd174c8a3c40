// What a configuration can do to its own user: refused where it can never be meant, warned of where it may be.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeScratch, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

const provider = (url: string) =>
  `providers:\n  - { name: p, base_url: "${url}", api_key: "\${PLANTED_KEY}", model: m }\n`;

test.each(['planted-key\nx-evil: 1', 'planted-key\r', 'planted\u0000key', 'planted\u0085key'])(
  'a key that would end its header is refused, and not shown (%j)',
  async (key) => {
    await scratch.write({ 'providers.yaml': provider('https://llm.example/v1') });
    const { report } = await scratch.fail({ PLANTED_KEY: key });
    expect(report).toContain('expected one line without control characters');
    expect(report).not.toContain('planted');
  },
);

test('a token that can be guessed is warned of, and a long one is not', async () => {
  await scratch.write({ 'nxs.yaml': 'http: { token: "${T}" }\ngateway: { api_key: "${K}" }\n' });
  const warnings = (await scratch.load({ T: 'letmein', K: 'f'.repeat(32) })).warnings;
  expect(warnings).toEqual([expect.stringMatching(/^http\.token in nxs\.yaml is short(?!.*letmein)/)]);
});

test.each(['http://169.254.169.254/v1', 'http://metadata.google.internal/v1', 'http://[fe80::1]/v1'])(
  'a provider at %s is warned of',
  async (url) => {
    await scratch.write({ 'providers.yaml': provider(url) });
    const { warnings } = await scratch.load({ PLANTED_KEY: 'planted-key-of-a-provider' });
    expect(warnings).toEqual([expect.stringContaining('where clouds keep the keys of a machine')]);
  },
);

test('a file that everybody can write is warned of, since its commands are run', async () => {
  await scratch.write({ 'healing.yaml': 'healing: {}\n' });
  const file = join(scratch.dir, 'healing.yaml');
  expect((await scratch.load()).warnings).toEqual([]);
  await chmod(file, 0o666);
  expect((await scratch.load()).warnings).toEqual([expect.stringContaining(`chmod o-w ${file}`)]);
});

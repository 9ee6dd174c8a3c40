import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxsError } from '../../domain/errors.js';
import { FILE_NAMES, type FileName } from '../../config/files.js';
import { showJson, showYaml } from '../../config/show.js';
import { makeScratch, PACKAGE_DIR, type Scratch } from './scratch.js';

const PLANTED = 'sk-4f9a1c77e0b2d85361aa90';
const LONG = process.env['NXS_TEST_LONG'] === '1';
const FROM_ENV = 'tok_9d81f2c4b7a6503e';

let scratch: Scratch;
const good = new Map<FileName, string>();

beforeAll(async () => {
  scratch = await makeScratch();
  for (const name of FILE_NAMES) {
    good.set(name, await readFile(join(PACKAGE_DIR, 'config', `${name}.yaml`), 'utf8'));
  }
  const secretive = {
    nxs: `http: { token: "${PLANTED}", port: "\${MY_TOKEN}" }\ngateway: { api_key: ${PLANTED} }\n`,
    providers: (good.get('providers') ?? '').replace('"lm-studio"', `"${PLANTED}"`),
    'backup-manifest': (good.get('backup-manifest') ?? '')
      .replace('# - { name: github', '- { name: github')
      .replace('"${GITHUB_TOKEN}"', `"${PLANTED}"`),
  };
  for (const [name, text] of Object.entries(secretive)) good.set(name as FileName, text);
});
afterAll(() => scratch.remove());

type Mutation =
  | { readonly kind: 'delete'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'swap'; readonly at: number; readonly other: number }
  | { readonly kind: 'double'; readonly at: number };

const place = fc.integer({ min: 0, max: 5000 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('delete' as const), at: place, length: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    text: fc.oneof(
      fc.constantFrom(
        ':',
        '"',
        "'",
        '\n',
        '  ',
        '\t',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '#',
        '&a ',
        '*a',
        '${',
        '!!x ',
        '|',
        '? ',
        '\r',
        '\uFEFF',
        '%',
      ),
      fc.string({ maxLength: 5 }),
    ),
  }),
  fc.record({ kind: fc.constant('swap' as const), at: place, other: place }),
  fc.record({ kind: fc.constant('double' as const), at: place }),
);

/** The planted text itself is left whole: half of a secret is not the secret, and would only blind the test. */
function mutate(text: string, { kind, at, ...more }: Mutation): string {
  const parts = text.split(PLANTED);
  const lengths = parts.map((part) => part.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let rest = total === 0 ? 0 : at % total;
  const index = lengths.findIndex((length) => (rest < length ? true : ((rest -= length), false)));
  const part = parts[index] ?? '';
  if (kind === 'swap' || kind === 'double') {
    const lines = text.split('\n');
    const first = at % lines.length;
    const second = kind === 'swap' ? (more as { other: number }).other % lines.length : first;
    if (kind === 'double') lines.splice(first, 0, lines[first] ?? '');
    else [lines[first], lines[second]] = [lines[second] ?? '', lines[first] ?? ''];
    return lines.join('\n');
  }
  const change = more as { length?: number; text?: string };
  parts[index] = part.slice(0, rest) + (change.text ?? '') + part.slice(rest + (change.length ?? 0));
  return parts.join(PLANTED);
}

describe('mutated files', () => {
  it('load, or fail with CONFIG_INVALID alone, and never show a secret', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FILE_NAMES),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async (name, mutations) => {
          const text = mutations.reduce(mutate, good.get(name) ?? '');
          for (const each of FILE_NAMES) await scratch.write({ [`${each}.yaml`]: good.get(each) ?? '' });
          await scratch.write({ [`${name}.yaml`]: text, 'nxs.yaml': name === 'nxs' ? text : '' });
          const output = await outcome();
          expect(output).not.toContain(PLANTED);
          expect(output).not.toContain(FROM_ENV);
        },
      ),
      LONG
        ? { numRuns: 20_000, interruptAfterTimeLimit: 500_000 }
        : { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });
});

/** Everything that a person would see of it. */
async function outcome(): Promise<string> {
  try {
    const config = await scratch.load({ MY_TOKEN: FROM_ENV });
    return showYaml(config) + JSON.stringify(showJson(config)) + config.warnings.join('\n');
  } catch (error) {
    if (!(error instanceof NxsError) || error.code !== 'CONFIG_INVALID') throw error;
    return `${error.message}${JSON.stringify(error.details)}${String(error.stack)}`;
  }
}

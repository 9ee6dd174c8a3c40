// A suite's process, played by a few lines of JavaScript.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkSuite } from '../../../bench/session/fork.js';
import { until } from '../../support/until.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nxs-fork-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const order = { suite: 'page', rounds: 3, idle: 1000, nodes: 2, minutes: 1, with: [] };
const never = new AbortController().signal;

async function entry(name: string, text: string): Promise<string> {
  const file = path.join(dir, `${name}.mjs`);
  await writeFile(file, text);
  return file;
}

describe('the process of a suite', () => {
  it('is told its order and hands back figures, also those that are no number', async () => {
    const file = await entry(
      'well',
      `const { suite } = JSON.parse(process.argv[2]);
       process.send({ kind: 'measured', machine: suite, rows: [NaN] }, () => process.exit(0));`,
    );
    expect(await forkSuite(file, order, never)).toEqual({ kind: 'measured', machine: 'page', rows: [NaN] });
  });

  it('that ends without a word is an error that says how', async () => {
    const file = await entry('mute', 'process.exit(7);');
    await expect(forkSuite(file, order, never)).rejects.toThrow('without a result (exit code 7)');
  });

  it('is asked to end when the session is cut short, and waited for', async () => {
    const [began, ended] = [path.join(dir, 'began'), path.join(dir, 'ended')];
    const file = await entry(
      'long',
      `import { writeFileSync } from 'node:fs';
       process.once('SIGTERM', () => { writeFileSync(${JSON.stringify(ended)}, 'removed'); process.exit(130); });
       setInterval(() => undefined, 1000);
       writeFileSync(${JSON.stringify(began)}, '');`,
    );
    const cut = new AbortController();
    const running = forkSuite(file, order, cut.signal).catch((error: unknown) => String(error));
    await until(() => readFile(began).then(() => true));
    cut.abort();
    expect(await running).toContain('exit code 130');
    expect(await readFile(ended, 'utf8')).toBe('removed');
  });
});

import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandChannel } from '../../../adapters/notify/command.js';
import { identify } from '../../../adapters/files/process-identity.js';
import { until } from '../../support/until.js';
import { message, never, SENDER } from './support/messages.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'command-'));
});

const env = { PATH: process.env['PATH'], HOME: dir!, NXS_TEST_MARK: process.env['NXS_TEST_MARK'] };

function run(words: readonly string[], more: { timeout?: number; env?: NodeJS.ProcessEnv } = {}) {
  const settings = { type: 'command', name: 'c', run: words, timeout: more.timeout ?? 10_000 } as const;
  return commandChannel(settings, SENDER, { ...env, ...more.env }).deliver(message(), never);
}

const node = (script: string, ...args: readonly string[]) => [process.execPath, '-e', script, ...args];

describe('a command', () => {
  it('reads the notice as one JSON document', async () => {
    const file = join(dir, 'heard.json');
    const script = 'process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))';
    expect(await run(node(script, file))).toEqual({ ok: true });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      version: 1,
      node: 'home',
      incident: 'backup/run',
      level: 'warning',
      title: '[home] backup not green',
    });
  });

  it('gets its words as they are, no shell takes part', async () => {
    const file = join(dir, 'words.txt');
    const script = 'require("fs").writeFileSync(process.argv[1], process.argv[2])';
    await run(node(script, file, '$HOME; `id` && *'));
    expect(await readFile(file, 'utf8')).toBe('$HOME; `id` && *');
  });

  it('sees nothing of our environment but what a program needs', async () => {
    const file = join(dir, 'env.json');
    const script = 'require("fs").writeFileSync(process.argv[1], JSON.stringify(process.env))';
    await run(node(script, file), { env: { GITHUB_TOKEN: 'x', HTTPS_PROXY: 'y', LC_ALL: 'C' } });
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object).sort()).toEqual(
      expect.arrayContaining(['LC_ALL', 'PATH']),
    );
    expect(await readFile(file, 'utf8')).not.toMatch(/GITHUB_TOKEN|HTTPS_PROXY|NXS_TEST_MARK/);
  });

  it('that reads nothing is fine', async () => {
    expect(await run(['true'])).toEqual({ ok: true });
  });

  it('that fails is a failure, with its code and its last words', async () => {
    const script = 'console.error("first"); console.error("no \\u001b[31mdisplay"); process.exitCode = 3';
    const name = process.execPath.split('/').at(-1);
    expect(await run(node(script))).toMatchObject({
      ok: false,
      reason: `${name} failed with exit code 3; it says "no [31mdisplay"`,
    });
  });

  it('that hangs is ended with all that it started, though it will not hear', async () => {
    const file = join(dir, 'pids.json');
    const script = `process.on("SIGTERM", () => {});
      const child = require("child_process").spawn("sleep", ["600"]);
      require("fs").writeFileSync(process.argv[1], JSON.stringify([process.pid, child.pid]));
      setInterval(() => {}, 1000);`;
    const outcome = await run(node(script, file), { timeout: 700 });
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('within 0.7 s') as string });
    const pids = JSON.parse(await readFile(file, 'utf8')) as number[];
    for (const pid of pids) await until(async () => (await identify(pid)) === null);
    expect(pids.length).toBe(2);
  });

  it('that leaves something in the background does not hold us up', async () => {
    const file = join(dir, 'left.pid');
    const outcome = await run(['sh', '-c', `sleep 600 & echo $! > ${file}`]);
    expect(outcome).toEqual({ ok: true });
    process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');
  });

  it('that is not there, or may not be run, is said', async () => {
    expect(await run(['/no/such/program'])).toMatchObject({
      reason: expect.stringContaining('no command') as string,
    });
    const plain = join(dir, 'plain.txt');
    await writeFile(plain, 'x');
    await chmod(plain, 0o600);
    expect(await run([plain])).toMatchObject({ reason: expect.stringContaining('may not be run') as string });
  });
});

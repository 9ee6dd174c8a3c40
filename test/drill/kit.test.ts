import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identify } from '../../adapters/files/process-identity.js';
import { openKit, type OpenKit } from '../../drill/kit.js';
import { openLlm } from '../../drill/stand-ins/open-llm.js';
import { openService } from '../../drill/stand-ins/open-service.js';
import { ensureBuilt } from '../support/e2e-cli.js';

let opened: OpenKit | null = null;

beforeAll(ensureBuilt, 120_000);
afterEach(async () => {
  await opened?.close();
  opened = null;
});

async function open(broken = false): Promise<OpenKit> {
  opened = await openKit({ name: 'tried', program: process.execPath, broken });
  return opened;
}

const isGone = async (pid: number) => (await identify(pid)) === null;

describe('the kit of a group', () => {
  it('works in an owner-only directory that is gone at the end', async () => {
    const kit = await open();
    expect(statSync(kit.dir).mode & 0o777).toBe(0o700);
    await kit.close();
    expect(existsSync(kit.dir)).toBe(false);
  });

  it('shows its processes nothing of the user', async () => {
    const kit = await open();
    const out = join(kit.dir, 'env');
    await kit.spawn('env', ['/bin/sh', '-c', `env >"${out}"; echo end >>"${out}"`]);
    const text = await kit.until('the environment', 10_000, async () => {
      const seen = await readFile(out, 'utf8');
      return seen.endsWith('end\n') && seen;
    });
    expect(text).toContain(`HOME=${kit.dir}/home\n`);
    expect(text).toContain('GIT_CONFIG_NOSYSTEM=1\n');
    expect(text).not.toContain('NXS_TEST_');
  });

  it('ends what a process left behind in a group of its own', async () => {
    const kit = await open();
    const note = join(kit.dir, 'pid');
    await writeFile(
      join(kit.dir, 'parent.mjs'),
      `import { spawn } from 'node:child_process';
       import { writeFileSync } from 'node:fs';
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
       writeFileSync(${JSON.stringify(note)}, String(child.pid));
       child.unref();`,
    );
    const { ended } = await kit.spawn('parent', [process.execPath, join(kit.dir, 'parent.mjs')]);
    await ended;
    const pid = Number(await readFile(note, 'utf8'));
    expect(await isGone(pid)).toBe(false);
    await kit.close();
    await kit.until('the child is gone', 5000, () => isGone(pid));
  });

  it('starts nothing any more once it is closed', async () => {
    const kit = await open();
    await kit.close();
    await expect(kit.spawn('late', [process.execPath, '-e', '0'])).rejects.toThrow('the drill is over');
  });

  it('says what it waited for, and why it was not there', async () => {
    const kit = await open();
    const look = () => {
      throw new Error('connection refused');
    };
    await expect(kit.until('the port answers', 10, look)).rejects.toThrow(
      'the port answers: not within 0.01 s (connection refused)',
    );
  });
});

describe('stand-ins', () => {
  it('fail on the wire as they are told to', async () => {
    const llm = await openLlm(await open(), 'model');
    expect(await llm.ask()).toMatchObject({ ok: true, status: 200 });
    expect(await llm.ask({ stream: true })).toMatchObject({ ok: true, error: null });
    await llm.fault('error');
    expect(await llm.ask()).toMatchObject({ ok: false, status: 500 });
    await llm.fault('rate-limited');
    expect(await llm.ask()).toMatchObject({ ok: false, status: 429 });
    await llm.fault('hang');
    expect(await llm.ask({ patience: 200 })).toMatchObject({ ok: false, error: 'no answer in time' });
    await llm.fault('cut-before-content');
    expect(await llm.ask({ stream: true })).toMatchObject({ ok: false, text: '' });
    await llm.fault('cut-after-content');
    expect(await llm.ask({ stream: true })).toMatchObject({ ok: false, text: 'model word1 word2' });
    expect(await llm.ask()).toMatchObject({ ok: false });
    await llm.kill();
    expect((await llm.ask()).error).toContain('ECONNREFUSED');
    await llm.start();
    expect(await llm.ask()).toMatchObject({ ok: true });
  });

  it('are restarted by the command of a service, and not by that of a broken healer', async () => {
    for (const broken of [false, true]) {
      const kit = await open(broken);
      const service = await openService(kit, { name: 'bell' });
      await service.start();
      const before = await service.pid();
      await service.kill();
      const { ended } = await kit.spawn('restart', service.restart);
      await ended;
      if (broken) expect(await service.pid()).toBeNull();
      else {
        const after = await kit.until('it answers', 10_000, () => service.pid());
        expect(after).not.toBe(before);
      }
      expect(await service.restarts()).toBe(broken ? 0 : 1);
      await kit.close();
    }
  });
});

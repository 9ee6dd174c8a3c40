import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readEnvFile } from '../../config/env-file.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-env-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let [dir, handed] = ['', ''];
const put = (path: string, text: string, mode = 0o600) => {
  writeFileSync(path, text);
  chmodSync(path, mode);
};
const read = (env: Readonly<Record<string, string>> = {}) =>
  readEnvFile([dir], { CREDENTIALS_DIRECTORY: handed, ...env });

beforeEach(() => {
  dir = mkdtempSync(join(scratch, 'd-'));
  handed = join(dir, 'credentials');
  mkdirSync(handed);
});

describe('secrets that systemd hands over', () => {
  it('go before .env, and the environment before both', async () => {
    put(join(dir, '.env'), 'A=file\nB=file\nC=file\n');
    put(join(handed, 'nxs.env'), 'A=handed\nB=handed\nD=handed\n', 0o440);
    const { env, findings } = await read({ A: 'real' });
    expect(findings).toEqual([]);
    expect(env).toMatchObject({ A: 'real', B: 'handed', C: 'file', D: 'handed' });
  });

  it('count for nothing when none are there', async () => {
    put(join(dir, '.env'), 'A=file\n');
    expect((await read()).env).toMatchObject({ A: 'file' });
    expect((await readEnvFile([dir], {})).env).toEqual({ A: 'file' });
  });

  it('that cannot be read are a finding, as is an .env that others can read', async () => {
    mkdirSync(join(handed, 'nxs.env'));
    expect((await read()).findings).toHaveLength(1);
    rmSync(join(handed, 'nxs.env'), { recursive: true });
    put(join(dir, '.env'), 'A=file\n', 0o644);
    expect((await read()).findings[0]?.message).toMatch(/readable by others/);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseEnv } from 'dotenv';

const SCRIPT = join(import.meta.dirname, '../../scripts/cluster-env.mjs');

function write(file: string): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, file], { encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

function scratch(): string {
  return join(mkdtempSync(join(tmpdir(), 'env-')), '.env');
}

describe('scripts/cluster-env.mjs', () => {
  it('writes a file for its owner alone with secrets that nobody can guess, and shows none of them', () => {
    const [file, other] = [scratch(), scratch()];
    const { code, said } = write(file);
    expect([code, said]).toEqual([0, expect.stringMatching(/^nxs: wrote .+ \(0600\) with a random .+\n$/)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const made = parseEnv(readFileSync(file, 'utf8'));
    expect(Object.keys(made).sort()).toEqual(['GRAFANA_PASSWORD', 'NXS_HTTP_TOKEN', 'POSTGRES_PASSWORD']);
    write(other);
    const values = [...Object.values(made), ...Object.values(parseEnv(readFileSync(other, 'utf8')))];
    expect(new Set(values).size).toBe(6);
    for (const value of values) {
      // Nothing that YAML, a shell or a connection string would read as its own.
      expect(value).toMatch(/^[0-9a-f]{48}$/);
      expect(said).not.toContain(value);
    }
  });

  it('leaves a file that is there as it is, and names what it lacks', () => {
    const file = scratch();
    writeFileSync(file, 'POSTGRES_PASSWORD=mine\nGRAFANA_PASSWORD=\n');
    const { code, said } = write(file);
    expect(code).toBe(1);
    expect(said).toBe(
      `nxs: ${file} is there already and was left as it is; it has no NXS_HTTP_TOKEN, GRAFANA_PASSWORD.\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe('POSTGRES_PASSWORD=mine\nGRAFANA_PASSWORD=\n');
  });

  it('says in one line when it cannot write', () => {
    const { code, said } = write('/nonexistent/.env');
    expect([code, said]).toEqual([2, expect.stringMatching(/^nxs: ENOENT.*\n$/)]);
  });
});

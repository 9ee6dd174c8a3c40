// What programs that are not ours get to see of us.
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnEngine } from '../../../adapters/temporal/engine.js';
import { runTool } from '../../../adapters/temporal/run-tool.js';
import { openRotatingLog } from '../../../adapters/files/rotating-log.js';

const LIMITS = { answer: 10_000, total: 10_000 };
const SECRETS = { GITHUB_TOKEN: 'planted-1', NXS_HTTP_TOKEN: 'planted-2', OPENAI_API_KEY: 'planted-3' };
const env = {
  PATH: process.env['PATH'],
  HOME: '/nowhere',
  HTTPS_PROXY: 'http://proxy:1',
  GOGC: '50',
  ...SECRETS,
};

test('a tool that fetches gets the proxies, no token, and no module of the working directory', async () => {
  const { output } = await runTool('/bin/sh', ['-c', 'pwd; env'], LIMITS, { env });
  expect(output).toContain('HTTPS_PROXY=http://proxy:1');
  expect(output.split('\n')[0]).toBe('/');
  expect(output).not.toContain('planted');
});

test('the engine gets no token', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'engine-'));
  const program = join(dir, 'engine.sh');
  await writeFile(program, '#!/bin/sh\numask\nenv\n');
  await chmod(program, 0o755);
  const log = openRotatingLog(join(dir, 'engine.log'));
  const command = { host: '127.0.0.1', port: 1, uiPort: 2, database: null, ui: false };
  const child = spawnEngine(program, command, log, () => undefined, env);
  await new Promise((done) => child.once('close', done));
  log.close();
  const said = await readFile(join(dir, 'engine.log'), 'utf8');
  expect(said).toMatch(/^0?077$/m);
  expect(said).toContain('GOGC=50');
  expect(said).not.toContain('planted');
});

test('python runs no pip that lies in the working directory', async (context) => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    context.skip('there is no python3');
  }
  const dir = await mkdtemp(join(tmpdir(), 'pip-'));
  await writeFile(join(dir, 'pip.py'), 'print("PWNED")\n');
  const script = `import os, sys; os.chdir(${JSON.stringify(dir)}); print(sys.path[0] == "")`;
  // That is what \`-m\` does with the directory that it was started in.
  expect((await runTool('python3', ['-c', script], LIMITS, { env })).output).toContain('True');
  const { output } = await runTool('python3', ['-m', 'pip', '--version'], LIMITS, { env });
  expect(output).not.toContain('PWNED');
});

// A real child service: a process that listens, a script that starts it anew, and switches (files) that make the script fail.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { until } from './until.js';

export interface Service {
  readonly port: number;
  /** Under `services:` of healing.yaml. */
  readonly entry: object;
  /** A line for `sh:` that mends it and notes that it ran. */
  readonly rescue: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  isUp(): Promise<boolean>;
  /** The restart script: what it does from now on. */
  set(how: 'broken' | 'slow' | 'ok'): void;
  /** Runs of the restart script, and of the rescue. */
  runs(of?: 'restart' | 'rescue'): number;
  end(): void;
}

export async function makeService(dir: string, name = 'web'): Promise<Service> {
  const port = await freePort();
  const file = (what: string) => join(dir, `${name}.${what}`);
  const script = file('restart.sh');
  const serve = `require("net").createServer((s) => s.end()).listen(${String(port)}, "127.0.0.1")`;
  writeFileSync(
    script,
    [
      '#!/bin/sh',
      `echo run >> ${file('restart')}`,
      `[ -e ${file('slow')} ] && sleep 1`,
      `[ -e ${file('broken')} ] && { echo "cannot start: broken" >&2; exit 3; }`,
      `[ -e ${file('pid')} ] && kill -9 "$(cat ${file('pid')})" 2>/dev/null`,
      `setsid ${process.execPath} -e '${serve}' </dev/null >/dev/null 2>&1 &`,
      `echo $! > ${file('pid')}`,
      '',
    ].join('\n'),
  );
  chmodSync(script, 0o755);
  const lines = (of: string) =>
    existsSync(file(of)) ? readFileSync(file(of), 'utf8').split('\n').length - 1 : 0;
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.unref();
    });
  const kill = () => {
    if (!existsSync(file('pid'))) return;
    try {
      process.kill(Number(readFileSync(file('pid'), 'utf8')), 'SIGKILL');
    } catch {
      // Gone already.
    }
  };
  return {
    port,
    entry: {
      name,
      probe: { type: 'tcp', address: `127.0.0.1:${String(port)}` },
      restart: [script],
      grace: '2s',
    },
    rescue: `echo run >> ${file('rescue')}; rm -f ${file('broken')}; sh ${script}`,
    async start() {
      const { spawnSync } = await import('node:child_process');
      spawnSync('sh', [script]);
      rmSync(file('restart'), { force: true });
      await until(isUp);
    },
    async kill() {
      kill();
      await until(async () => !(await isUp()));
    },
    isUp,
    set(how) {
      for (const each of ['broken', 'slow'] as const) {
        if (each === how) writeFileSync(file(each), '');
        else rmSync(file(each), { force: true });
      }
    },
    runs: (of = 'restart') => lines(of),
    end: kill,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

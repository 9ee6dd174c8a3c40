// A real service to be healed: a small TCP server that a restart script in the scratch directory starts detached. It ends by itself
// when that directory is gone, whatever happened to the bench.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../measure/run.js';
import { freePort } from './free-port.js';

export interface HealingService {
  /** Under `services:` of healing.yaml. */
  readonly entry: object;
  /** A line for `sh:` that stamps the time, makes restarts work again and restarts. */
  readonly rescue: string;
  /** Until it takes connections. */
  start(): Promise<void>;
  /** SIGKILL; returns the moment of it (ms since the epoch). */
  kill(): number;
  /** From now on the restart script fails, until the rescue has run. */
  breakRestart(): void;
  /** When the rescue ran last (ms since the epoch); null: never, or not since the stamp was taken. */
  takeStamp(): number | null;
  /** For good; never throws. */
  end(): void;
}

/** In steps of 20 ms. */
const START_PATIENCE = 500;

export async function openHealingService(dir: string, env: NodeJS.ProcessEnv): Promise<HealingService> {
  const port = await freePort();
  const [script, server, pid, broken, stamp] = ['restart.sh', 'server.cjs', 'pid', 'broken', 'stamp'].map(
    (name) => path.join(dir, name),
  ) as [string, string, string, string, string];
  writeFileSync(server, serverText(port));
  writeFileSync(
    script,
    [
      '#!/bin/sh',
      `[ -e ${broken} ] && { echo "cannot start: broken by the bench" >&2; exit 3; }`,
      `[ -e ${pid} ] && kill -9 "$(cat ${pid})" 2>/dev/null`,
      `setsid ${process.execPath} ${server} </dev/null >/dev/null 2>&1 &`,
      `echo $! > ${pid}`,
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  const kill = () => {
    const at = Date.now();
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
    return at;
  };
  return {
    kill,
    entry: {
      name: 'web',
      probe: { type: 'tcp', address: `127.0.0.1:${port}` },
      restart: [script],
    },
    rescue: `date +%s%3N > ${stamp}; rm -f ${broken}; exec ${script}`,
    async start() {
      await run('sh', [script], { cwd: dir, env });
      for (let tries = 0; !(await answers(port)); tries += 1) {
        if (tries > START_PATIENCE) throw new Error('the service did not start');
        await sleep(20);
      }
    },
    breakRestart: () => writeFileSync(broken, ''),
    takeStamp() {
      try {
        const at = Number(readFileSync(stamp, 'utf8'));
        // The shell makes the file before it writes into it.
        if (at === 0) return null;
        rmSync(stamp);
        return at;
      } catch {
        return null;
      }
    },
    end() {
      try {
        kill();
      } catch {
        // It is gone.
      }
    },
  };
}

function serverText(port: number): string {
  return `require('node:net').createServer((socket) => socket.end()).listen(${port}, '127.0.0.1');
setInterval(() => require('node:fs').existsSync(__filename) || process.exit(), 2000);
`;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

// Level 5 as we can do it ourselves: ends the worker and the embedded Temporal, which the supervisor starts anew. Run by the runner of
// the order, so it goes on when the worker is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../../adapters/files/process-identity.js';
import { livingRun, readRunFile } from '../run-file.js';

/** ms from the polite signal to the other one. */
const PATIENCE = 5_000;

const run = livingRun(await readRunFile(process.argv[2] ?? ''));
if (run === null) {
  process.stderr.write('no control plane runs on this state directory\n');
  process.exit(1);
}
const pids = [run.pids.worker, run.pids.temporal].filter((pid) => pid !== null);
const found = (await Promise.all(pids.map((pid) => identify(pid)))).filter((each) => each !== null);
await Promise.all(found.map((each) => end(each)));

async function end(identity: ProcessIdentity): Promise<void> {
  signal(identity.pid, 'SIGTERM');
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    if (!(await isAlive(identity))) return;
    await sleep(50);
  }
  if (await isAlive(identity)) signal(identity.pid, 'SIGKILL');
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    return;
  }
}

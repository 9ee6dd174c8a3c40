// Commands that must run once, though we may be killed at any moment and are asked again afterwards: a runner of its own carries them
// out behind a fence, and whoever asks only waits for what stands there.
import { spawn } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { OrderOutcome, Shell } from '../../domain/healing/ports.js';
import { identify, isAlive, type ProcessIdentity } from '../files/process-identity.js';
import { fenceAt, type Fence } from './fence.js';

export interface ShellOptions {
  /** Where orders are kept; ours alone. */
  readonly dir: string;
  /** Environment of the runner; commands get a small part of it. */
  readonly env: NodeJS.ProcessEnv;
  /** The runner's main; the one beside this file when left out. */
  readonly runner?: string;
}

const ORDER_ID = /^[A-Za-z0-9._-]{1,200}$/;
const POLL = 25;
/** ms that a runner has to take the fence. */
const PATIENCE = 10_000;
const TRIES = 3;

export function openShell({
  dir,
  env,
  runner = fileURLToPath(new URL('./runner-main.js', import.meta.url)),
}: ShellOptions): Shell {
  return {
    async carryOut(order, signal) {
      if (!ORDER_ID.test(order.id) || order.id.startsWith('.'))
        throw new NxsError('USAGE', `"${order.id.slice(0, 50)}" is no name for an order.`);
      if (order.steps.length === 0) throw new NxsError('USAGE', `The order ${order.id} has no commands.`);
      const fence = fenceAt(path.join(dir, order.id));
      const before = await fence.outcome();
      if (before !== null) return before;
      await fence.saveOrder(order);
      const started = await begun(fence, signal, () => startRunner(runner, fence.dir, env));
      return waitFor(fence, started, signal);
    },
    async prune(before) {
      for (const name of await readdir(dir).catch(() => [])) {
        const done = await stat(path.join(dir, name, 'done.json')).catch(() => null);
        if (done !== null && done.mtimeMs < before)
          await rm(path.join(dir, name), { recursive: true, force: true });
      }
    },
  };
}

/** Until a runner has taken the fence. */
async function begun(fence: Fence, signal: CancelSignal, start: () => Runner): Promise<ProcessIdentity> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const earlier = await fence.started();
    if (earlier !== null) return earlier;
    const runner = start();
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      const over = runner.over();
      const started = await fence.started();
      if (started !== null) return started;
      if (over) break;
      await pause(signal);
    }
  }
  throw new NxsError(
    'STATE_UNREADABLE',
    `No process could be started for the order in ${fence.dir}; nothing was run.`,
  );
}

/** Until it is done, or nobody is there any more who could end it. */
async function waitFor(fence: Fence, runner: ProcessIdentity, signal: CancelSignal): Promise<OrderOutcome> {
  for (;;) {
    const lives = await isAlive(runner);
    const outcome = await fence.outcome();
    if (outcome !== null) return outcome;
    if (!lives)
      return fence.finish({ state: (await isRebooted(runner)) ? 'rebooted' : 'unknown', steps: [] });
    await pause(signal);
  }
}

async function isRebooted({ boot }: ProcessIdentity): Promise<boolean> {
  const me = await identify(process.pid);
  return me !== null && me.boot !== '' && boot !== '' && me.boot !== boot;
}

async function pause(signal: CancelSignal): Promise<void> {
  if (signal.aborted) throw new NxsError('CANCELLED', 'The order goes on; nobody waits for it any more.');
  await sleep(POLL);
}

interface Runner {
  /** It has ended, or never began. */
  over(): boolean;
}

function startRunner(module: string, dir: string, env: NodeJS.ProcessEnv): Runner {
  // A group of its own: the supervisor ends ours with us.
  const child = spawn(process.execPath, [module, dir], { env, cwd: '/', stdio: 'ignore', detached: true });
  let failed = false;
  child.once('error', () => {
    failed = true;
  });
  child.unref();
  return { over: () => failed || child.exitCode !== null || child.signalCode !== null };
}

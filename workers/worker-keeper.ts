import type { ChildProcess } from 'node:child_process';
import { NxsError, type ErrorCode, ERRORS } from '../domain/errors.js';
import type { TemporalTarget } from '../adapters/temporal/target.js';
import type { FromWorker } from './ipc.js';
import { keepAlive, type Keeper } from './keeper.js';
import type { Restart } from './lifecycle-journal.js';
import type { Logger } from './log.js';
import { endOrphans } from './orphans.js';
import { spawnWorker, tell } from './worker-child.js';
import type { WorkerLines } from './worker-link.js';
import { probeWorker, type WorkerProbe } from './worker-probe.js';

export interface WorkerKeeperOptions {
  readonly module: string;
  readonly stateDir: string;
  readonly configDir: string | null;
  /** The configuration in force (config/handover.ts), asked anew at every start; null: the worker loads it. */
  readonly handover: () => unknown;
  readonly env: NodeJS.ProcessEnv;
  /** Asked anew at every start: the engine may have moved. */
  readonly target: () => Promise<TemporalTarget>;
  readonly log: Logger;
  readonly say: (line: string) => void;
  readonly changed: () => void;
  readonly lines: WorkerLines;
  readonly restarted: (restart: Restart) => void;
  /** It polls; `first` on its first start. */
  readonly ready: (first: boolean) => void;
  /** It never came up, and never will. */
  readonly fatal: (error: NxsError) => void;
  /** It cannot run with what it was given. */
  readonly failed: (message: string) => void;
}

export interface WorkerKeeper {
  readonly keeper: Keeper;
  readonly probe: WorkerProbe;
}

/** Keeps the worker process running and hears what it says. */
export function startWorkerKeeper(options: WorkerKeeperOptions): WorkerKeeper {
  const { module, stateDir, log, say, lines } = options;
  let wasReady = false;
  const hear = (message: FromWorker, child: ChildProcess) => {
    switch (message.type) {
      case 'ready':
        probe.forget();
        options.ready(!wasReady);
        wasReady = true;
        lines.ready();
        return;
      case 'call':
      case 'reply':
        if (child.pid !== undefined) lines.heard(child.pid, message);
        return;
      case 'line':
        say(message.text);
        return;
      case 'state':
        probe.answer(message);
        return;
      case 'failed':
        log.error({ code: message.code }, message.message);
        say(`the worker failed: ${message.message}`);
        // Once it ran, the cause may go away by itself.
        if (message.permanent && !wasReady) options.fatal(asError(message.code, message.message));
        if (message.permanent && wasReady) options.failed(message.message);
    }
  };
  const keeper = keepAlive({
    name: 'the worker',
    say,
    changed: options.changed,
    restarted: options.restarted,
    ask: (child) => tell(child, { type: 'stop' }),
    async start() {
      const orphans = await endOrphans([module, stateDir]);
      if (orphans.length > 0) say(`ended a worker that was left over (process ${orphans.join(', ')})`);
      const { configDir, env } = options;
      const onOutput = (chunk: Buffer) => log.warn({ output: chunk.toString('utf8').trimEnd() }, 'worker');
      const target = options.target();
      const given = { module, stateDir, configDir, env, target, handover: options.handover() };
      const child = spawnWorker({ ...given, onMessage: hear, onOutput });
      const { pid } = child;
      if (pid !== undefined) {
        lines.spawned(pid, (message) => tell(child, message));
        child.once('exit', () => lines.exited(pid));
      }
      return child;
    },
  });
  const probe = probeWorker(() => keeper.child());
  return { keeper, probe };
}

function asError(code: string, message: string): NxsError {
  return new NxsError(Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'ACTIVITY_FAILED', message);
}

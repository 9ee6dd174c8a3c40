// Under systemd (Type=notify, NotifyAccess=all) this process says when it is ready, that it still turns, and that it stops: sd_notify(3),
// sd_watchdog_enabled(3). Node has no datagram sockets for it, so systemd's own small command speaks.
import { execFile } from 'node:child_process';

export interface Systemd {
  /** The gateway answers. Ready follows by itself after a minute: with Temporal away the start must not count as failed. */
  answering(): void;
  /** The worker polls. */
  ready(): void;
  stopping(): void;
  close(): void;
}

const nothing = (): void => undefined;
const SILENT: Systemd = { answering: nothing, ready: nothing, stopping: nothing, close: nothing };
/** ms that the worker gets before the service counts as started without it. */
const WORKER_PATIENCE = 60_000;

/** Does nothing where no systemd asks for it. `failed` hears once why it cannot be told. */
export function openSystemd(
  env: NodeJS.ProcessEnv,
  failed: (reason: string) => void,
  patience = WORKER_PATIENCE,
): Systemd {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return SILENT;
  let hasFailed = false;
  const tell = (...words: readonly string[]): void => {
    execFile('systemd-notify', [...words], { env, timeout: 5_000 }, (error) => {
      if (error === null || hasFailed) return;
      hasFailed = true;
      failed(error.message);
    });
  };
  const every = watchdogEvery(env);
  const timer = every === null ? null : setInterval(() => tell('WATCHDOG=1'), every);
  timer?.unref();
  let waiting: NodeJS.Timeout | undefined;
  let isReady = false;
  const ready = (): void => {
    clearTimeout(waiting);
    if (!isReady) tell('--ready');
    isReady = true;
  };
  return {
    answering() {
      if (!isReady) waiting = setTimeout(ready, patience).unref();
    },
    ready,
    // As a word: the option of that name came with systemd 253.
    stopping: () => tell('STOPPING=1'),
    close() {
      clearTimeout(waiting);
      if (timer !== null) clearInterval(timer);
    },
  };
}

/** ms: half of what systemd waits for, as sd_watchdog_enabled(3) advises; null: it does not wait for us. */
function watchdogEvery({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number | null {
  const ms = Number(usec ?? '') / 1000;
  if (!(ms > 0) || (pid !== undefined && Number(pid) !== process.pid)) return null;
  return Math.max(500, ms / 2);
}

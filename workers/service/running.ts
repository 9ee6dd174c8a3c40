import { readRunFile } from '../run-file.js';

/** Pid of the control plane that runs on this state directory, service or not; null: none. */
export async function runningOn(stateDir: string): Promise<number | null> {
  const run = await readRunFile(stateDir);
  if (run === null) return null;
  try {
    process.kill(run.pid, 0);
    return run.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? run.pid : null;
  }
}

import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Facts without which a figure says nothing. */
export function machineLine(): string {
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const memory = `${(totalmem() / 1024 ** 3).toFixed(0)} GB`;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const cores = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  return `${process.platform}-${process.arch}, ${cores}, ${memory}, Node ${process.version}, ${git}, load ${load} at the start`;
}

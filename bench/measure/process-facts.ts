// What Linux says of a process. Elsewhere there is no /proc, and the rows say that they were not measured.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU time used so far in ms, without that of children; null when the process or /proc is not there. */
export function cpuMs(pid: number): number | null {
  const fields = statFields(pid);
  return fields === null ? null : ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** CPU time of this process and of its children that have ended, in ms (in steps of 10); NaN without /proc. */
export function ownCpuMs(): number {
  const fields = statFields(process.pid);
  const ticks = fields?.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) ?? Number.NaN;
  return (ticks * 1000) / TICKS;
}

/** CPU time of the children that have ended, theirs included, in ms (in steps of 10); NaN without /proc. */
export function childrenCpuMs(pid: number): number {
  const fields = statFields(pid);
  return fields === null ? Number.NaN : ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS;
}

/** Bytes that a process had the disk write so far; NaN where Linux does not say. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(read(`/proc/${pid}/io`) ?? '')?.[1] ?? Number.NaN);
}

/** Resident memory in MB: now, and the most so far. */
export function memoryMb(pid: number): { readonly now: number; readonly peak: number } | null {
  const text = read(`/proc/${pid}/status`);
  const now = /^VmRSS:\s+(\d+) kB/m.exec(text ?? '')?.[1];
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(text ?? '')?.[1];
  return now === undefined || peak === undefined
    ? null
    : { now: Number(now) / 1024, peak: Number(peak) / 1024 };
}

/** Resident memory of all descendants, in MB. */
export function descendantsMb(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? Number(statFields(Number(name))?.[1] ?? 0) : 0;
    if (parent !== 0) parents.set(Number(name), parent);
  }
  let sum = 0;
  for (const [child] of parents) if (descends(child, pid, parents)) sum += memoryMb(child)?.now ?? 0;
  return sum;
}

function descends(child: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = parents.get(child); at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
  return false;
}

/** The fields of stat behind the name, which may itself hold spaces and brackets; [0] is the state. */
function statFields(pid: number): string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

// A pid alone says nothing: it is given to another program after a crash or a reboot. A process is the same
// one only when its start time and the machine's boot agree as well.

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system words it (clock ticks since boot on Linux, `ps -o lstart` elsewhere); '' when unknown. */
  readonly started: string;
  /** Changes with every boot; '' where the system does not tell. */
  readonly boot: string;
}

const run = promisify(execFile);

/** Who the process `pid` is right now; null when there is none, or only a zombie that nobody has reaped. */
export async function identify(pid: number): Promise<ProcessIdentity | null> {
  const started = process.platform === 'linux' ? await linuxStart(pid) : await psStart(pid);
  return started === null ? null : { pid, started, boot: await bootId() };
}

/** True when the very process that `identity` describes still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now !== null && now.started === identity.started && now.boot === identity.boot;
}

/** The command line of a process, arguments joined by spaces; '' when it cannot be read. */
export async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux')
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim();
  } catch {
    return '';
  }
}

async function linuxStart(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name (field 2) may hold spaces and brackets, so fields are counted from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

async function psStart(pid: number): Promise<string | null> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const line = stdout.trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

let boot: Promise<string> | undefined;

function bootId(): Promise<string> {
  boot ??= readBootId();
  return boot;
}

async function readBootId(): Promise<string> {
  try {
    if (process.platform === 'linux')
      return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return (await run('sysctl', ['-n', 'kern.boottime'])).stdout.trim();
  } catch {
    return '';
  }
}

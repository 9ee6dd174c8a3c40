// Units, processes and commands of this machine.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf } from '../../domain/errors.js';
import type { Probe, ServiceReading } from '../../domain/healing/ports.js';
import { clip, oneLine } from '../../domain/notify/text.js';
import { bad, good, unknown } from './reading.js';
import { run, type Ran } from './run-probe.js';

type Of<T extends Probe['type']> = Extract<Probe, { type: T }>;

export async function probeCommand(
  { run: argv, sh }: Of<'command'>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ServiceReading> {
  // eslint-disable-next-line no-restricted-syntax -- the user's own line of healing.yaml
  const words = argv ?? ['/bin/sh', '-c', sh ?? ''];
  const name = argv === undefined ? 'the command' : basename(words[0] ?? '');
  const ran = await run(words, env, signal);
  if (ran === null) return unknown(`${name} did not end in time`);
  if (ran.failure !== null) return unknown(`${name} could not be started (${ran.failure})`);
  if (ran.code === 0) return good(`${name} says well`);
  const last = clip(oneLine(ran.output.trim().split('\n').at(-1) ?? ''), 120);
  return bad(
    `${name} ends with ${ran.code === null ? 'a signal' : `exit code ${ran.code}`}${last === '' ? '' : `: ${last}`}`,
  );
}

const PROPERTIES = 'LoadState,ActiveState,SubState,InvocationID';

export async function probeSystemd(
  { unit, user }: Of<'systemd'>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ServiceReading> {
  const argv = ['systemctl', ...(user ? ['--user'] : []), 'show', `--property=${PROPERTIES}`, '--', unit];
  const ran = await run(argv, env, signal);
  if (ran === null) return unknown('systemctl gave no answer in time');
  if (ran.failure !== null) return unknown(`systemctl could not be started (${ran.failure})`);
  return unitReading(unit, ran);
}

/** What `systemctl show` said of a unit. */
export function unitReading(unit: string, ran: Pick<Ran, 'code' | 'output'>): ServiceReading {
  const said = new Map(
    [...ran.output.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
  const [load, active = '', sub = ''] = ['LoadState', 'ActiveState', 'SubState'].map((key) => said.get(key));
  if (ran.code !== 0 || load === undefined)
    return unknown(`systemctl does not answer: ${clip(oneLine(ran.output.trim()), 120)}`);
  if (load !== 'loaded') return unknown(`there is no unit ${unit} (${load})`);
  const state = `${unit} is ${active} (${sub})`;
  const isUp =
    active === 'active' || active === 'reloading' || (active === 'activating' && sub !== 'auto-restart');
  return isUp ? good(state, said.get('InvocationID') ?? null) : bad(state);
}

export async function probeProcess(
  root: string,
  { name, pid_file: pidFile }: Of<'process'>,
): Promise<ServiceReading> {
  if (pidFile !== undefined) return probePidFile(root, pidFile);
  const wanted = name ?? '';
  const pids = (await readdir(join(root, 'proc')).catch(() => [])).filter((each) => /^\d+$/.test(each));
  if (pids.length === 0) return unknown('this system does not list its processes');
  const found = (await Promise.all(pids.map((pid) => lookAt(root, pid)))).filter(
    (each) => each?.names.includes(wanted) === true,
  );
  const oldest = found.sort((a, b) => Number(a?.started) - Number(b?.started))[0];
  return oldest === undefined || oldest === null
    ? bad(`no process is named ${wanted}`)
    : good(`${wanted} runs (pid ${oldest.pid})`, `${oldest.pid}:${oldest.started}`);
}

async function probePidFile(root: string, file: string): Promise<ServiceReading> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return bad(`there is no pid file ${file}`);
    return unknown(`${file} cannot be read (${errnoOf(error) ?? 'error'})`);
  }
  if (!/^\d{1,10}$/.test(text)) return unknown(`${file} holds no process id`);
  const process = await lookAt(root, text);
  return process === null
    ? bad(`the process ${text} of ${file} does not run`)
    : good(`the process ${text} runs`, `${text}:${process.started}`);
}

/** null: it does not run, or only waits to be reaped. */
async function lookAt(root: string, pid: string) {
  const stat = await readFile(join(root, 'proc', pid, 'stat'), 'utf8').catch(() => null);
  if (stat === null) return null;
  const end = stat.lastIndexOf(')');
  const comm = stat.slice(stat.indexOf('(') + 1, end);
  const fields = stat.slice(end + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const names = [comm];
  // The kernel cuts names at 15 bytes, which may be within a letter; a script's name is behind its interpreter's.
  if (Buffer.byteLength(comm) >= 13) {
    const line = await readFile(join(root, 'proc', pid, 'cmdline'), 'utf8').catch(() => '');
    names.push(
      ...line
        .split('\0')
        .slice(0, 2)
        .map((word) => basename(word)),
    );
  }
  return { pid, names, started: fields[19] ?? '' };
}

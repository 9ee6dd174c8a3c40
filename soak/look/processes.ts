// The processes of both control planes, from /proc (Linux; elsewhere there is nothing to see).
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessSeen } from '../checks/machine.js';
import type { SoakNode } from '../world/node.js';

/** Of all nodes: what has to do with a plane's directories, and the zombies of those. */
export async function lookAtProcesses(nodes: readonly SoakNode[]): Promise<readonly ProcessSeen[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: ProcessSeen[] = [];
  const rest: { readonly pid: number; readonly parent: number; readonly state: string }[] = [];
  for (const name of pids) {
    const stat = await text(`/proc/${name}/stat`);
    if (stat === '') continue;
    const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seen = { pid: Number(name), parent: Number(parent), state };
    if (state === 'Z') rest.push(seen);
    else {
      const words = (await text(`/proc/${name}/cmdline`)).replaceAll('\0', ' ').trim();
      const environment = await text(`/proc/${name}/environ`);
      const node = nodes.find(({ plane }) => environment.includes(`NXS_STATE_DIR=${plane.stateDir}\0`));
      if (node !== undefined) found.push({ ...seen, node: node.name, role: roleOf(words), words });
    }
  }
  const zombies = rest.flatMap((seen) => {
    const parent = found.find(({ pid }) => pid === seen.parent);
    return parent === undefined ? [] : [{ ...seen, node: parent.node, role: 'other' as const, words: '' }];
  });
  return [...found, ...zombies];
}

function roleOf(words: string): ProcessSeen['role'] {
  if (words.endsWith('main.js up')) return 'supervisor';
  if (/workers\/worker\.js/.test(words)) return 'worker';
  return words.includes('start-dev') ? 'engine' : 'other';
}

export interface Sample {
  /** Bytes. */
  readonly rss: number;
  readonly handles: number;
  readonly threads: number;
}

/** null: it is gone. */
export async function sampleOf(pid: number): Promise<Sample | null> {
  const status = await text(`/proc/${String(pid)}/status`);
  if (status === '') return null;
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const handles = await readdir(`/proc/${String(pid)}/fd`).catch(() => null);
  if (handles === null) return null;
  return { rss: number('VmRSS') * 1024, handles: handles.length, threads: number('Threads') };
}

/** What the open files of a process are, by kind: `socket 12, pipe 4, /a/file 1`. */
export async function handlesOf(pid: number): Promise<string> {
  const dir = `/proc/${String(pid)}/fd`;
  const counts = new Map<string, number>();
  for (const name of await readdir(dir).catch(() => [])) {
    const target = (await readlink(join(dir, name)).catch(() => 'gone')).replace(/:?\[.*$/, '');
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted
    .map(([target, count]) => `${target} ${String(count)}`)
    .slice(0, 15)
    .join(', ');
}

function text(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}

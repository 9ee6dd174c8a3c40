// The limit of our own cgroup, or of one around it: in a container the machine's memory says nothing about when we are killed.
import { readNumber, readText, fieldsOf } from './proc.js';

export interface CgroupMemory {
  /** Bytes that cannot be given back at once. */
  readonly used: number;
  /** Bytes. */
  readonly limit: number;
}

/** The nearest to its end of all limits that we are under; null: none. */
export async function cgroupMemory(root: string): Promise<CgroupMemory | null> {
  const self = await readText(root, 'proc/self/cgroup');
  if (self === null) return null;
  const unified = /^0::(\/.*)$/m.exec(self)?.[1];
  const old = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(self)?.[1];
  const found = [
    ...(unified === undefined ? [] : await walk(root, unified, unifiedAt)),
    ...(old === undefined ? [] : await walk(root, old, oldAt)),
  ];
  return found.sort((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null;
}

type LookAt = (root: string, path: string) => Promise<CgroupMemory | null>;

async function walk(root: string, path: string, look: LookAt): Promise<readonly CgroupMemory[]> {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  const paths = Array.from({ length: parts.length + 1 }, (_none, depth) => parts.slice(0, depth).join('/'));
  const all = await Promise.all(paths.map((each) => look(root, each)));
  return all.filter((each) => each !== null);
}

async function unifiedAt(root: string, path: string): Promise<CgroupMemory | null> {
  const at = `sys/fs/cgroup/${path}`;
  return limited(root, `${at}/memory.max`, `${at}/memory.current`, `${at}/memory.stat`, 'inactive_file');
}

async function oldAt(root: string, path: string): Promise<CgroupMemory | null> {
  const at = `sys/fs/cgroup/memory/${path}`;
  const [limit, usage] = [`${at}/memory.limit_in_bytes`, `${at}/memory.usage_in_bytes`];
  return limited(root, limit, usage, `${at}/memory.stat`, 'total_inactive_file');
}

/** A limit of more than this is cgroup v1's way to say that there is none. */
const NO_LIMIT = 2 ** 60;

async function limited(
  root: string,
  limitFile: string,
  usageFile: string,
  statFile: string,
  inactive: string,
): Promise<CgroupMemory | null> {
  // Most levels have no limit, and this is looked at every few seconds: the other two files are left alone then.
  const limit = await readNumber(root, limitFile);
  if (limit === null || limit === 0 || limit >= NO_LIMIT) return null;
  const [usage, stat] = await Promise.all([readNumber(root, usageFile), readText(root, statFile)]);
  if (usage === null) return null;
  return { limit, used: Math.max(0, usage - (fieldsOf(stat).get(inactive) ?? 0)) };
}

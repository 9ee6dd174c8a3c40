// MemAvailable and never MemFree: the kernel fills free memory with caches on purpose, and dropping them would look like a cure.
import { availableParallelism } from 'node:os';
import type { HostReadings } from '../../domain/healing/ports.js';
import type { Reading } from '../../domain/healing/model.js';
import { cgroupMemory } from './cgroup.js';
import { fieldsOf, readText, round1 } from './proc.js';

export async function readMemory(root: string): Promise<HostReadings> {
  const [meminfo, pressure, load, cgroup] = await Promise.all([
    readText(root, 'proc/meminfo'),
    readText(root, 'proc/pressure/memory'),
    readText(root, 'proc/loadavg'),
    cgroupMemory(root),
  ]);
  const fields = fieldsOf(meminfo);
  return {
    memory: used(fields, cgroup),
    pressure: numberIn(/^full avg10=([\d.]+)/m, pressure),
    swap: percentLeft(fields.get('SwapTotal'), fields.get('SwapFree')),
    load: perCpu(numberIn(/^([\d.]+)/, load)),
  };
}

function used(
  fields: ReadonlyMap<string, number>,
  cgroup: Awaited<ReturnType<typeof cgroupMemory>>,
): Reading {
  const total = fields.get('MemTotal');
  const host = percentLeft(total, fields.get('MemAvailable'));
  const own = cgroup === null ? null : round1((100 * cgroup.used) / cgroup.limit);
  if (cgroup !== null && own !== null && own >= (host ?? 0)) {
    return {
      state: 'good',
      detail: `${own} % of the cgroup's limit of ${size(cgroup.limit)} in use`,
      value: own,
    };
  }
  if (host === null || total === undefined)
    return {
      state: 'unknown',
      detail: 'this system does not tell how much memory is available',
      value: null,
    };
  return { state: 'good', detail: `${host} % of ${size(total * 1024)} in use`, value: host };
}

function percentLeft(total: number | undefined, left: number | undefined): number | null {
  if (total === undefined || left === undefined || total === 0) return null;
  return round1(100 * (1 - left / total));
}

function numberIn(pattern: RegExp, text: string | null): number | null {
  const found = pattern.exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found);
}

function perCpu(load: number | null): number | null {
  return load === null ? null : Math.round((100 * load) / availableParallelism()) / 100;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${round1(bytes / 1e9)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

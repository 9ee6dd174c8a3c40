// The facts on which a drill's times depend; nothing that names the machine or its user.
import { arch, cpus, release, totalmem, type } from 'node:os';
import { packageVersion } from '../workers/package-version.js';
import type { MachineFacts } from './report/model.js';

export function machineFacts(temporal: string): MachineFacts {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memory_bytes: totalmem(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
    nxs: packageVersion(),
    temporal,
  };
}

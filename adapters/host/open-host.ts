// What the machine says of itself. Nothing here decides what is ill.
import type { Host, Probe, ServiceReading } from '../../domain/healing/ports.js';
import { readDisks } from './disks.js';
import { readMemory } from './memory.js';
import { probeHttp, probeTcp } from './probe-net.js';
import { probeCommand, probeProcess, probeSystemd } from './probe-system.js';
import { unknown } from './reading.js';

export interface HostOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where /proc and /sys lie; `/` when left out. */
  readonly root?: string;
}

export function openHost({ env, root = '/' }: HostOptions): Host {
  return {
    memory: () => readMemory(root),
    disks: (paths) => readDisks(root, paths),
    async probe(probe, signal) {
      if (signal.aborted) return unknown('it was called off');
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(), probe.timeout);
      const cancel = () => over.abort();
      signal.addEventListener('abort', cancel);
      try {
        return await ask(probe, { env, root, signal: over.signal });
      } catch (error) {
        return unknown(`the probe failed (${error instanceof Error ? error.name : 'error'})`);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

interface Given {
  readonly env: NodeJS.ProcessEnv;
  readonly root: string;
  readonly signal: AbortSignal;
}

function ask(probe: Probe, { env, root, signal }: Given): Promise<ServiceReading> {
  switch (probe.type) {
    case 'http':
      return probeHttp(probe, signal);
    case 'tcp':
      return probeTcp(probe, signal);
    case 'systemd':
      return probeSystemd(probe, env, signal);
    case 'process':
      return probeProcess(root, probe);
    case 'command':
      return probeCommand(probe, env, signal);
  }
}

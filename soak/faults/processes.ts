// Our own processes: killed, stopped for seconds, and all of them started anew as systemd would.
import type { SoakNode } from '../world/node.js';
import { atOnce, goesOn, isReady, nodeOf, type Fault } from './fault.js';

type Role = 'supervisor' | 'worker' | 'temporal';

async function pidOf({ plane }: SoakNode, role: Role): Promise<number | null> {
  return (await plane.pids().catch(() => null))?.[role] ?? null;
}

function killed(role: Role): Fault {
  return async (planned, stage) => {
    const node = nodeOf(planned, stage);
    const pid = await pidOf(node, role);
    if (pid === null) return null;
    process.kill(pid, 'SIGKILL');
    return {
      note: `process ${String(pid)}`,
      lift: atOnce,
      async recovered() {
        const now = await pidOf(node, role);
        return now !== null && now !== pid && (await isReady(node));
      },
    };
  };
}

function stopped(role: Role): Fault {
  return async (planned, stage) => {
    const node = nodeOf(planned, stage);
    const pid = await pidOf(node, role);
    if (pid === null) return null;
    process.kill(pid, 'SIGSTOP');
    return {
      note: `process ${String(pid)}`,
      lift: () => goesOn(pid),
      recovered: () => isReady(node),
    };
  };
}

function restarted(signal: NodeJS.Signals): Fault {
  return async (planned, stage) => {
    const node = nodeOf(planned, stage);
    const pid = await pidOf(node, 'supervisor');
    if (pid === null) return null;
    await node.plane.stop(signal);
    return {
      note: `process ${String(pid)}`,
      lift: () => node.plane.start(),
      recovered: () => isReady(node),
    };
  };
}

export const PROCESS_FAULTS: Readonly<Record<string, Fault>> = {
  'worker-killed': killed('worker'),
  'engine-killed': killed('temporal'),
  'supervisor-killed': restarted('SIGKILL'),
  'all-restarted': restarted('SIGTERM'),
  'worker-stopped': stopped('worker'),
  'engine-stopped': stopped('temporal'),
  'supervisor-stopped': stopped('supervisor'),
};

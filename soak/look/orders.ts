// What was ordered, what a runner began, and how often commands ran by their own count.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActsSeen, OrderSeen } from '../checks/acts.js';
import type { SoakNode } from '../world/node.js';

/** Journal first: what is ordered after it was read has no line there yet, and is left for the next look. */
export async function lookAtActs(node: SoakNode): Promise<ActsSeen> {
  const { web, harsh, plane } = node;
  // Counts before orders: a run that comes in between has its order already.
  const runs = new Map([
    [web.restart[0] ?? '', await web.restarts()],
    [harsh.argv[0] ?? '', await harsh.runs()],
  ]);
  const orders = await ordersOf(join(plane.stateDir, 'healing', 'orders'));
  return { runs, orders, events: await plane.journal(['healing.']) };
}

async function ordersOf(dir: string): Promise<readonly OrderSeen[]> {
  const names = await readdir(dir).catch(() => []);
  const seen = names.map(async (name): Promise<readonly OrderSeen[]> => {
    const text = await readFile(join(dir, name, 'order.json'), 'utf8').catch(() => null);
    if (text === null) return [];
    const started = await readFile(join(dir, name, 'started.json')).then(
      () => true,
      () => false,
    );
    const { steps } = JSON.parse(text) as Order;
    return [{ name, argv: steps[0]?.command?.argv ?? [], started }];
  });
  return (await Promise.all(seen)).flat();
}

/** As the fence keeps it (adapters/shell/fence.ts). */
interface Order {
  readonly steps: readonly { readonly command?: { readonly argv?: readonly string[] } }[];
}

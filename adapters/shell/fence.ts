// The fence of an order: three files, each made once. `order.json` says what is to be run, `started.json` that a runner has begun
// (whoever makes it runs the commands, nobody else ever will), `done.json` how it ended. So an order runs at most once, whoever is
// killed when.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, NxsError } from '../../domain/errors.js';
import type { Order, OrderOutcome } from '../../domain/healing/ports.js';
import type { ProcessIdentity } from '../files/process-identity.js';

export interface Fence {
  readonly dir: string;
  /** Throws NxsError STATE_UNREADABLE when another order has this id. */
  saveOrder(order: Order): Promise<void>;
  order(): Promise<Order | null>;
  /** True for the one who may run it. */
  begin(runner: ProcessIdentity): Promise<boolean>;
  started(): Promise<ProcessIdentity | null>;
  /** The first outcome stays. Returns the one that stands. */
  finish(outcome: OrderOutcome): Promise<OrderOutcome>;
  outcome(): Promise<OrderOutcome | null>;
}

export function fenceAt(dir: string): Fence {
  const file = (name: string) => path.join(dir, name);
  const read = <T>(name: string) => readJson<T>(file(name));
  return {
    dir,
    async saveOrder(order) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      if (await createOnce(file('order.json'), order)) return;
      const kept = await read<Order>('order.json');
      if (JSON.stringify(kept) !== JSON.stringify(order))
        throw new NxsError('STATE_UNREADABLE', `The order ${order.id} was given before with other commands.`);
    },
    order: () => read<Order>('order.json'),
    begin: (runner) => createOnce(file('started.json'), runner),
    started: () => read<ProcessIdentity>('started.json'),
    async finish(outcome) {
      await createOnce(file('done.json'), outcome);
      return (await read<OrderOutcome>('done.json')) ?? outcome;
    },
    outcome: () => read<OrderOutcome>('done.json'),
  };
}

/** Whole or not at all, and only by one: written beside, then linked to its name. False: it was there. */
async function createOnce(target: string, value: unknown): Promise<boolean> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, target);
    await syncDirectory(path.dirname(target));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw new NxsError(
      'STATE_UNREADABLE',
      `${target} cannot be written (${errnoOf(error) ?? String(error)}); nothing was run.`,
      {},
      error,
    );
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new NxsError('STATE_UNREADABLE', `${file} cannot be read.`, {}, error);
  }
}

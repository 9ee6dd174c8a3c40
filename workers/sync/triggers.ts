// What makes a cycle run before the next full five minutes: a file that changed here, a hub that moved, a peer that says so.
import { setTimeout as sleep } from 'node:timers/promises';
import { coverageOf } from '../../activities/sync/memory.js';
import type { SyncPorts } from '../../activities/sync/ports.js';
import { watchDirectory } from '../../adapters/workspace/watch.js';
import type { OpenWorkspace } from '../../adapters/workspace/open-workspace.js';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { SyncMemory } from '../../domain/sync/ports.js';
import type { Logger } from '../log.js';
import { hostOfRemote } from './tailnet.js';

export interface TriggerOptions {
  readonly ports: SyncPorts & { readonly workspace: OpenWorkspace };
  readonly config: Config;
  readonly log: Logger;
  /** Asks for a cycle; its failure is told and no more: the schedule comes in any case. */
  readonly ask: (trigger: 'watch' | 'poll') => Promise<void>;
  readonly signal: AbortSignal;
}

/** Runs until `signal` aborts. */
export function watchAndPoll(options: TriggerOptions): void {
  const { ports, config, log, ask, signal } = options;
  if (signal.aborted) return;
  const { settle, poll, push_interval: apart } = config.sync;
  const rules = coverageOf(ports);
  const { remote } = config.nxs.sync;
  // What a plain http hub gets stays on this machine.
  const isFar = remote !== undefined && !/^http:/i.test(remote) && hostOfRemote(remote) !== null;
  const tell = (trigger: string) => (error: unknown) =>
    log.warn({ trigger, reason: errorMessage(error) }, 'a cycle could not be asked for; the schedule comes');
  const asked = spaced(isFar ? apart : 0, () => ask('watch').catch(tell('watch')));
  const watcher = watchDirectory({
    root: config.dataDir,
    covered: rules.covers,
    known: (path) => ports.workspace.isKnown(path),
    settle,
    onChange: asked,
    onTrouble: (sentence) => log.warn(sentence),
  });
  signal.addEventListener('abort', () => watcher.close(), { once: true });
  void pollHub(options, poll, tell('poll'));
}

/** Calls at most once in `apart` ms; what comes in between is one call at its end. */
function spaced(apart: number, call: () => Promise<void>): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + apart - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      void call();
    }, wait);
    timer.unref();
  };
}

function isMet(memory: SyncMemory | null): boolean {
  return memory !== null && memory.hub !== null;
}

/** A hub that cannot be reached is the cycle's matter: here it only means that nothing new is known. */
async function pollHub(
  { ports, ask, signal }: TriggerOptions,
  every: number,
  failed: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const isOver = await sleep(every, false, { signal, ref: false }).catch(() => true);
    if (isOver) return;
    const tip = await ports.hub.tip(signal).catch(() => null);
    const { memory } = await ports.keeping.memory();
    if (tip !== null && isMet(memory) && tip !== memory?.tip) await ask('poll').catch(failed);
  }
}

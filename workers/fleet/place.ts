// The worker's place on the cluster: it polls only when nobody else works under its node's name, and looks again while it works.
import { setTimeout as sleep } from 'node:timers/promises';
import { pollersOf, type QueueService } from '../../adapters/temporal/pollers.js';
import { errorMessage } from '../../domain/errors.js';
import type { WorkerIdentity } from '../../domain/fleet/identity.js';
import {
  rivalBefore,
  rivalBeside,
  rivalSentence,
  seenOf,
  type Poller,
  type Rival,
} from '../../domain/fleet/rivals.js';
import { taskQueue } from '../../domain/ids.js';
import type { Logger } from '../log.js';
import { readTaken, removeTaken, writeTaken } from './taken-file.js';

export interface PlaceContext {
  readonly self: WorkerIdentity;
  readonly stateDir: string;
  readonly service: QueueService;
  readonly namespace: string;
  readonly log: Logger;
  /** A line for the person who started us. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** ms between two looks while we wait, and while we work. */
const WAITING = 5_000;
const WORKING = 30_000;

const ADVICE =
  'This one waits and does nothing until that one has been silent for two minutes; LLM calls go on. Two machines need two names: `node` in nxs.yaml, or nxs up --node NAME.';

/** True when the place is free; false when `signal` aborts before. `waiting` is told who has it. Never rejects. */
export async function awaitPlace(
  context: PlaceContext,
  waiting: (sentence: string | null) => void,
): Promise<boolean> {
  const { self, stateDir, say, signal } = context;
  let told: string | null = null;
  while (!signal.aborted) {
    const taken = await readTaken(stateDir);
    const twin = taken?.node === self.node && taken.instance === self.instance ? taken.host : null;
    const pollers = await look(context);
    const rival = pollers === null ? null : rivalBefore(self, pollers, Date.now(), twin);
    if (rival === null) break;
    const sentence = rivalSentence(self.node, rival);
    if (told !== sentence) {
      say(`${sentence} ${ADVICE}`);
      await writeTaken(stateDir, rival).catch(() => undefined);
    }
    told = sentence;
    waiting(sentence);
    await sleep(WAITING, undefined, { signal }).catch(() => undefined);
  }
  if (signal.aborted) return false;
  waiting(null);
  await removeTaken(stateDir).catch(() => undefined);
  if (told !== null) say(`the node name "${self.node}" is free again: this machine works under it now`);
  return true;
}

/** Looks until `signal` aborts; `yieldTo` is called once when we have to go. */
export async function keepPlace(context: PlaceContext, yieldTo: (rival: Rival) => void): Promise<void> {
  const { self, stateDir, say, signal } = context;
  let ours: number | null = null;
  let warned = '';
  while (!signal.aborted) {
    const pollers = await look(context);
    if (pollers !== null) {
      ours ??= seenOf(self, pollers);
      const beside = ours === null ? null : rivalBeside(self, pollers, ours);
      if (beside?.yields === true) {
        say(`${rivalSentence(self.node, beside.rival)} It was there first: this one stops working.`);
        await writeTaken(stateDir, beside.rival).catch(() => undefined);
        yieldTo(beside.rival);
        return;
      }
      if (beside !== null && warned !== beside.rival.host) {
        warned = beside.rival.host;
        say(
          `a worker on ${warned} has come under the name of this node ("${self.node}"); it has to go, we were here first`,
        );
      }
    }
    await sleep(WORKING, undefined, { signal }).catch(() => undefined);
  }
}

/** null: Temporal does not say, and then the name is not known to be taken. */
async function look({ self, service, namespace, log }: PlaceContext): Promise<readonly Poller[] | null> {
  try {
    return await pollersOf(service, namespace, taskQueue(self.node));
  } catch (error) {
    log.warn({ reason: errorMessage(error) }, 'it is not known who else works under this node');
    return null;
  }
}

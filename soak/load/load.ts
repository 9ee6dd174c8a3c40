// All who use the two nodes, until they are told to stop.
import { errorMessage } from '../../domain/errors.js';
import { randomOf } from '../../drill/kit/random.js';
import type { SoakNode } from '../world/node.js';
import { nodesOf, type Scene } from '../watch/scene.js';
import { askUnder, keepAskingDirectly, keepAskingDurably, type Asking } from './ask.js';
import { keepDeciding } from './decide.js';
import { keepLooking, type LookedOn } from './look-on.js';
import { keepWriting, type WriteCounts } from './write.js';

export interface Load {
  /** After the signal: what was done. */
  ended(): Promise<LoadCounts>;
  /** Every key of the durable lane that is remembered, once more. */
  askAllAgain(): Promise<void>;
}

export interface LoadCounts {
  readonly writes: readonly WriteCounts[];
  readonly looks: readonly LookedOn[];
  readonly decided: number;
}

export interface LoadOptions {
  readonly scene: Scene;
  readonly seed: number;
  readonly whisper: string;
  readonly told: Asking['told'];
  readonly keyed: Asking['keyed'];
  readonly over: AbortSignal;
}

export function startLoad({ scene, seed, whisper, told, keyed, over }: LoadOptions): Load {
  const { ledger, history, world, court } = scene;
  const nodes = nodesOf(scene);
  const random = (what: string, { name }: SoakNode) => randomOf(seed, `${what} ${name}`);
  const askings = nodes.map((node) => ({
    ...{ node, over, whisper, told, keyed },
    random: random('asking', node),
  }));
  const writing = Promise.all(
    nodes.map((node) =>
      keepWriting({
        ...{ node, ledger, history, over },
        hub: world.hub,
        random: random('writing', node),
      }),
    ),
  );
  const looking = Promise.all(nodes.map((node) => keepLooking(node, random('looking', node), over)));
  const deciding = Promise.all(nodes.map((node) => keepDeciding(node, random('deciding', node), over)));
  const asking = Promise.all(askings.map((each) => keepAskingDirectly(each)));
  const durable = Promise.all(askings.map((each) => keepAskingDurably(each)));
  // Nothing may be thrown while nobody waits for it.
  for (const each of [writing, looking, deciding, asking, durable])
    each.catch((error: unknown) => {
      court.check('soak', [{ what: 'a part of the load broke', evidence: errorMessage(error) }]);
    });
  return {
    async ended() {
      const [writes, looks, decided] = await Promise.all([writing, looking, deciding]);
      await Promise.all([asking, durable]);
      return { writes, looks, decided: decided.reduce((sum, each) => sum + each, 0) };
    },
    async askAllAgain() {
      const keys = await durable;
      for (const [index, each] of askings.entries())
        for (const key of keys[index] ?? []) await askUnder(each, key);
    },
  };
}

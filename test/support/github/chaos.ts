// Random faults from a seed: the same seed and the same order of requests give the same faults.
import { suffer, type FaultKind } from './faults.js';
import type { Layer } from './layer.js';

export interface Chaos {
  readonly seed: number;
  /** Share of requests, 0 to 1. */
  readonly rate: number;
  readonly kinds: readonly FaultKind[];
}

export interface Struck {
  readonly kind: FaultKind;
  readonly route: string;
}

export function openChaos() {
  let chaos: Chaos | null = null;
  let random = () => 1;
  const struck: Struck[] = [];
  const layer: Layer = async (asked, next) => {
    if (chaos === null || random() >= chaos.rate) return next(asked);
    const kind = chaos.kinds[Math.floor(random() * chaos.kinds.length)];
    if (kind === undefined) return next(asked);
    struck.push({ kind, route: asked.route });
    // A limit without `retry-after` would stop the run for a minute.
    return suffer({ kind, status: kind === 'status' ? 502 : 403, retryAfter: 1 }, asked, next);
  };
  return {
    layer,
    struck: (): readonly Struck[] => [...struck],
    /** Null ends it. */
    set(wanted: Chaos | null) {
      chaos = wanted;
      random = mulberry32(wanted?.seed ?? 0);
    },
  };
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

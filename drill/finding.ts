// From what a scenario saw to its verdict. Without proof of the fault nothing was shown; with it, one broken promise fails it.
import type { Finding, Times } from './scenario.js';

export interface Evidence {
  /** null: the fault could not be shown to be in force. */
  readonly proof: string | null;
  /** Sentences of broken promises; null or false: kept. */
  readonly broken: readonly (string | null | false)[];
  /** What was seen, when all promises were kept. */
  readonly seen: string;
  readonly times?: Times | null;
  readonly incidents?: readonly string[];
  readonly failovers?: readonly number[];
  readonly injected?: boolean;
}

export function findingOf(evidence: Evidence): Finding {
  const { proof, seen, times = null, incidents = [], failovers = [], injected = false } = evidence;
  const broken = evidence.broken.filter((each): each is string => typeof each === 'string');
  const rest = { proof, injected, times, incidents, failovers };
  if (proof === null) return { verdict: 'INCONCLUSIVE', detail: unproved(broken), ...rest };
  return broken.length > 0
    ? { verdict: 'FAIL', detail: broken.join('; '), ...rest }
    : { verdict: 'PASS', detail: seen, ...rest };
}

function unproved(broken: readonly string[]): string {
  const also = broken.length === 0 ? '' : ` (seen meanwhile: ${broken.join('; ')})`;
  return `the fault could not be shown to be in force${also}`;
}

// A person's (or a playbook's) word on who goes first, until it is taken back or its time is over.
import type { ProviderRules } from './provider.js';

export interface Switch {
  /** Name of the provider that goes first; null: by policy. */
  readonly to: string | null;
  /** ms since the epoch; null: until it is taken back. */
  readonly until: number | null;
  /** When it was given; the later one wins. */
  readonly at: number;
  /** Who gave it, as they said. */
  readonly by: string;
}

export const NO_SWITCH: Switch = { to: null, until: null, at: 0, by: 'policy' };

/** The provider that a switch puts first now, or null. */
export function switchedTo(current: Switch, now: number): string | null {
  return current.until !== null && now >= current.until ? null : current.to;
}

/**
 * `primary` -> null (policy again), `backup` -> the next by policy after the first one, that is usable if any is; a name
 * -> itself. Undefined: there is no such provider.
 */
export function targetOf(
  word: string,
  inOrder: readonly Pick<ProviderRules, 'name'>[],
  usable: (name: string) => boolean,
): string | null | undefined {
  if (word === 'primary') return null;
  if (word === 'backup') {
    const others = inOrder.slice(1);
    return (others.find(({ name }) => usable(name)) ?? others[0])?.name;
  }
  return inOrder.find(({ name }) => name === word)?.name;
}

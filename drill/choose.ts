// Which scenarios are played, and with which seed.
import { NxsError } from '../domain/errors.js';
import type { Part } from './part.js';

/** A part with the names of its scenarios that are wanted, in their order. */
export interface Chosen {
  readonly part: Part;
  readonly names: readonly string[];
}

/** `only`: names of groups and scenarios; none: all. Throws NxsError USAGE that lists what there is. */
export function choose(parts: readonly Part[], only: readonly string[]): readonly Chosen[] {
  const known = new Set(
    parts.flatMap(({ name, scenarios }) => [name, ...scenarios.map((each) => each.name)]),
  );
  const unknown = only.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new NxsError('USAGE', `--only: there is no "${unknown.join('", "')}". ${listed(parts)}`);
  return parts
    .map((part) => {
      const wanted = only.length === 0 || only.includes(part.name);
      const names = part.scenarios.map(({ name }) => name).filter((name) => wanted || only.includes(name));
      return { part, names };
    })
    .filter(({ names }) => names.length > 0);
}

function listed(parts: readonly Part[]): string {
  const lines = parts.map(
    ({ name, scenarios }) => `  ${name}: ${scenarios.map((each) => each.name).join(', ')}`,
  );
  return `Groups and their scenarios:\n${lines.join('\n')}`;
}

/** Names between commas. */
export function namesOf(option: string | undefined): readonly string[] {
  return (option ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A whole number from 0 to 4294967295; one of its own when left out. Throws NxsError USAGE. */
export function seedOf(option: string | undefined, chance: () => number): number {
  if (option === undefined) return Math.floor(chance() * 1_000_000);
  const seed = Number(option);
  if (!/^\d{1,10}$/.test(option) || seed > 0xffff_ffff)
    throw new NxsError('USAGE', `--seed "${option}" is not a whole number from 0 to 4294967295.`);
  return seed;
}

/** Throws NxsError USAGE for anything but `healer`. */
export function brokenOf(option: string | undefined): 'healer' | null {
  if (option === undefined) return null;
  if (option !== 'healer') throw new NxsError('USAGE', `--break "${option}": only the healer can be broken.`);
  return option;
}

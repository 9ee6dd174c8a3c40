// What docs/cli.md says of a command's JSON, so that a test can hold both to each other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillOutcomeSchema } from '../../domain/backup/drill.js';
import { runRecordSchema } from '../../domain/backup/record.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');

const RECORD = runRecordSchema.shape;

/** Backticked words of the page that are values, not keys. */
const VALUES = new Set<string>([
  ...RECORD.trigger.options,
  ...RECORD.outcome.options,
  ...RECORD.destinations.element.shape.state.options,
  ...drillOutcomeSchema.options,
  ...['good', 'bad', 'unknown', 'proved', 'ready'],
  ...['upload', 'replace', 'remove', 'hold_back'],
  ...['exists', 'hash', 'size', 'access', 'recency'],
]);

export interface Documented {
  /** All backticked words of the section. */
  readonly words: ReadonlySet<string>;
  /** Those that can only be keys; some words (`held`, `green`) are a value in one place and a key in another. */
  readonly keys: ReadonlySet<string>;
}

/** What the section of one command names. */
export function documentedKeys(command: string): Documented {
  const shapes = PAGE.slice(PAGE.indexOf('## JSON shapes'));
  const parts = shapes.split(/^### /m);
  const section = parts.find((part) => part.split('\n')[0]?.split(', ').includes(`nxs ${command}`));
  if (section === undefined) throw new Error(`docs/cli.md has no JSON shape of nxs ${command}`);
  const words = new Set([...section.matchAll(/`([A-Za-z_][A-Za-z0-9_]*)`/g)].map(([, word]) => word ?? ''));
  return { words, keys: new Set([...words].filter((word) => !VALUES.has(word))) };
}

/** Objects whose keys are data: statuses, file names. */
const MAPS = new Set(['counts']);

/** Every key that stands anywhere in the documents, a map's own keys left out. */
export function keysOf(...documents: readonly unknown[]): Set<string> {
  const keys = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, below] of Object.entries(value)) {
        keys.add(key);
        if (!MAPS.has(key)) visit(below);
      }
    }
  };
  documents.forEach(visit);
  return keys;
}

/** Keys of the documents that the section lacks, and documented ones that are nowhere there. */
export function outOfStep(
  command: string,
  ...documents: readonly unknown[]
): { readonly undocumented: readonly string[]; readonly unheard: readonly string[] } {
  const { words, keys } = documentedKeys(command);
  const there = keysOf(...documents);
  return {
    undocumented: [...there].filter((key) => !words.has(key)),
    unheard: [...keys].filter((key) => !there.has(key)),
  };
}

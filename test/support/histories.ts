// The histories that today's workflow code must be able to go on with: one folder for each version. A released set is never
// written again: it is what runs out there, not what we would record today.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const HISTORIES = join(import.meta.dirname, '../replay/histories');

/** Written by the release: the sets that are out. The set of package.json's own version may grow until then. */
const RELEASED = join(import.meta.dirname, '../replay/released.json');

export type History = Record<string, unknown> & { readonly events: readonly Record<string, unknown>[] };

/** Versions with a set, in the order of their names. */
export function recordedVersions(): readonly string[] {
  return readdirSync(HISTORIES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Versions whose set may not be changed any more, each with the digest of its files. */
export function releasedSets(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(RELEASED, 'utf8')) as Record<string, string>;
}

/** Files of one set, by name. */
export function historiesOf(version: string): readonly string[] {
  return readdirSync(join(HISTORIES, version)).filter((name) => name.endsWith('.json'));
}

export function loadHistory(version: string, name: string): History {
  return JSON.parse(readFileSync(join(HISTORIES, version, name), 'utf8')) as History;
}

/** Workflow type of a history. */
export function typeOf(history: History): string {
  const started = history.events[0]?.['workflowExecutionStartedEventAttributes'] as
    { readonly workflowType?: { readonly name?: string } } | undefined;
  return started?.workflowType?.name ?? '';
}

/** The folder to record into, for this version of the package. Throws when that version is out. */
export function recordingFolder(
  version: string,
  released: Readonly<Record<string, string>> = releasedSets(),
): string {
  if (version in released)
    throw new Error(
      `the histories of ${version} are released and stay as they are: raise the version in package.json first`,
    );
  return join(HISTORIES, version);
}

/** True when the set is there. */
export function hasSet(version: string): boolean {
  return existsSync(join(HISTORIES, version));
}

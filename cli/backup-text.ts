// How a run reads on a screen.
import { isProved, type EntryResult } from '../domain/backup/entry.js';
import type { RunRecord } from '../domain/backup/record.js';
import type { Context } from './definition.js';

/** Bad entries that are named one by one. */
const NAMED = 20;

/** The verdict line, then what a person has to know about each destination. */
export function printRecord(context: Context, record: RunRecord): void {
  const good = record.outcome === 'green';
  const mark = context.paint(
    good ? 'good' : 'bad',
    good ? 'green' : record.outcome.replace('_', ' ').toUpperCase(),
  );
  context.out(`${mark}  ${record.summary}`);
  for (const each of record.destinations) {
    const commit = each.commit === null ? '' : ` at ${each.commit.slice(0, 12)}`;
    context.out(
      `  ${each.name}: ${each.state.replace('_', ' ')}${commit}, ${each.read.files} files read back`,
    );
    if (each.note !== null) context.out(`    ${each.note}`);
    if (each.same_disk === true) {
      context.out(context.paint('dim', '    on the same disk as the data: it does not survive that disk'));
    }
  }
  if (record.held !== null) {
    for (const path of record.held.examples) context.out(`    gone: ${path}`);
  }
}

/** Entries that are not proved, named with their reason. */
export function printBad(context: Context, entries: readonly EntryResult[]): void {
  const bad = entries.filter((entry) => !isProved(entry.status));
  for (const entry of bad.slice(0, NAMED)) {
    const reason = entry.reason === null ? '' : `: ${entry.reason}`;
    context.out(`    ${context.paint('bad', entry.status)} ${entry.local ?? entry.path}${reason}`);
  }
  if (bad.length > NAMED) context.out(`    and ${bad.length - NAMED} more (--json lists all)`);
}

// How a run reads on a screen.
import { isProved, type EntryStatus } from '../domain/backup/entry.js';
import { plural, type RunRecord } from '../domain/backup/record.js';
import type { BackupView } from '../workers/backup-view.js';
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
      `  ${each.name}: ${each.state.replace('_', ' ')}${commit}, ${plural(each.read.files, 'file')} read back`,
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

/** Files that are not proved, named with their reason. */
export function printUnproved(context: Context, view: BackupView): void {
  for (const { name, files } of view.destinations) {
    const bad = files.filter((file) => !isProved(file.status as EntryStatus));
    for (const { file, local, status, reason } of bad.slice(0, NAMED)) {
      const why = reason === null ? '' : `: ${reason}`;
      context.out(`    ${context.paint('bad', status)} ${local ?? file} (${name})${why}`);
    }
    if (bad.length > NAMED)
      context.out(`    and ${bad.length - NAMED} more in ${name} (nxs backup status lists all)`);
  }
}

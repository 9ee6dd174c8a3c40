// How a dry run reads on a screen.
import { plural } from '../domain/backup/record.js';
import type { BackupPreview } from '../workers/preview.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';
import { inWords } from './size.js';

type PreviewDestination = BackupPreview['destinations'][number];

/** Files of one destination that are named one by one. */
const NAMED = 20;
const SIGNS = { upload: '+', replace: '~', remove: '-', hold_back: '!' } as const;

/** What a run would do, destination by destination. */
export function printPreview(context: Context, preview: BackupPreview): void {
  const { files, bytes, problems, held, destinations } = preview;
  context.out(`dry run, nothing was sent: ${plural(files, 'file')}, ${inWords(bytes)}`);
  for (const problem of problems.slice(0, NAMED)) {
    context.out(`  ${context.paint('bad', '?')} ${printable(problem)}`);
  }
  if (problems.length > NAMED) context.out(`  and ${problems.length - NAMED} more (--json lists all)`);
  if (held !== null) {
    context.out(
      context.paint(
        'bad',
        `  it would be held: ${held.missing} of ${plural(held.before, 'file')} are gone here`,
      ),
    );
    for (const path of held.examples) context.out(`    gone: ${printable(path)}`);
  }
  for (const each of destinations) printDestination(context, each);
}

function printDestination(context: Context, each: PreviewDestination): void {
  const { name, kind, location, state, note, unchanged, files, read } = each;
  if (state !== 'ready') {
    context.out(`${context.paint('bad', name)} (${kind}, ${location}): ${state.replace('_', ' ')}`);
    if (note !== null) context.out(`    ${note}`);
    return;
  }
  context.out(`${name} (${kind}, ${location}): ${unchanged ? 'nothing new' : actions(files)}`);
  const cost = costOf(each);
  const proof = `${plural(read.files, 'file')} read back (${inWords(read.bytes)})`;
  context.out(`    ${cost === null ? proof : `${proof}, ${cost}`}`);
  for (const { action, path, size, reason } of files.slice(0, NAMED)) {
    const about = reason ?? (size === null ? '' : inWords(size));
    context.out(`    ${SIGNS[action]} ${printable(path)}  ${about}`);
  }
  if (files.length > NAMED) context.out(`    and ${files.length - NAMED} more (--json lists all)`);
}

function costOf({ requests, writes, minutes }: PreviewDestination): string | null {
  if (requests === null || minutes === null) return null;
  const time = minutes < 0.1 ? `${Math.ceil(minutes * 60)} s` : `${minutes.toFixed(1)} min`;
  return `${plural(requests, 'request')}, ${writes ?? 0} of them writes, about ${time}`;
}

function actions(files: PreviewDestination['files']): string {
  const count = (wanted: string): number => files.filter(({ action }) => action === wanted).length;
  const bytes = files.reduce(
    (sum, { action, size }) => sum + (action === 'upload' || action === 'replace' ? (size ?? 0) : 0),
    0,
  );
  const parts = [
    [count('upload'), 'new'],
    [count('replace'), 'changed'],
    [count('remove'), 'to remove'],
    [count('hold_back'), 'held back'],
  ] as const;
  const named = parts.flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  return `${named.length === 0 ? 'only its own records' : named.join(', ')} (${inWords(bytes)} to send)`;
}

import { countStatuses, describeCounts } from '../../domain/backup/record.js';
import { isProved, type EntryStatus } from '../../domain/backup/entry.js';
import type { BackupView } from '../../workers/backup-view.js';
import { ageInWords } from '../duration.js';
import { flag, type Command, type Context } from '../definition.js';

export const backupStatus: Command = {
  name: 'backup status',
  summary:
    'every file with its last proof, per destination; exit 1 when something is not proved, too old, or did not come back in the last drill',
  options: [{ flags: '--files', summary: 'list every file, not only those that are not proved' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { viewBackups } = await import('../../workers/backup-view.js');
    const view = await viewBackups(await loadFor(context), Date.now());
    if (context.json) context.out(JSON.stringify(view));
    else print(context, view, flag(invocation, 'files'));
    const good = view.destinations.every(
      (each) => each.state === 'proved' && !each.too_old && each.last_drill?.outcome !== 'not_green',
    );
    return good && view.last_run?.outcome === 'green' ? 0 : 1;
  },
};

function print(context: Context, view: BackupView, all: boolean): void {
  const { last_run: last } = view;
  if (last === null) {
    for (const each of view.destinations) printWait(context, each);
    context.out(`No backup of ${view.data_dir} has run yet. Start one with: nxs backup run`);
    return;
  }
  context.out(
    `${view.data_dir}, last run ${last.finished} (${last.trigger}): ${last.outcome.replace('_', ' ')}`,
  );
  context.out(`  ${last.summary}`);
  for (const each of view.destinations) {
    const good = each.state === 'proved' && !each.too_old;
    const proved = each.last_proved === null ? 'never proved' : `last proved ${each.last_proved}`;
    const age = each.too_old && each.last_proved !== null ? ', too old' : '';
    const counts = describeCounts(countStatuses(each.files as { status: EntryStatus }[]));
    context.out(
      `${context.paint(good ? 'good' : 'bad', each.name)} (${each.kind}, ${each.location}): ${proved}${age}`,
    );
    context.out(`    ${counts === '' ? each.state.replace('_', ' ') : counts}`);
    if (each.note !== null) context.out(`    ${each.note}`);
    printChecks(context, each.checks);
    printWait(context, each);
    if (each.oldest_verification !== null)
      context.out(`    every byte read back since ${each.oldest_verification}`);
    context.out(`    ${drillText(context, each.last_drill)}`);
    if (each.same_disk === true)
      context.out('    on the same disk as the data: it does not survive that disk');
    for (const file of each.files) {
      if (!all && isProved(file.status as EntryStatus)) continue;
      const reason = file.reason === null ? '' : `: ${file.reason}`;
      context.out(
        `    ${file.status.padEnd(10)} ${file.verified ?? 'never read back'}  ${file.file}${reason}`,
      );
    }
  }
  if (view.uncovered.length > 0) {
    context.out(`not covered by backup-manifest.yaml (${view.uncovered.length}):`);
    for (const path of view.uncovered.slice(0, 20)) context.out(`    ${path}`);
    if (view.uncovered.length > 20)
      context.out(`    and ${view.uncovered.length - 20} more (--json lists all)`);
  }
}

type DestinationView = BackupView['destinations'][number];

/** One line when all is good; what is not gets a line of its own. */
function printChecks(context: Context, checks: DestinationView['checks']): void {
  const words = checks.map(({ check, result }) => `${check} ${result}`);
  context.out(`    checks: ${words.join(', ')}`);
  for (const { check, result, at, detail } of checks) {
    if (result === 'bad')
      context.out(`    ${context.paint('bad', check)} ${detail}${at === null ? '' : ` (${at})`}`);
  }
}

function printWait(context: Context, { name, waiting }: DestinationView): void {
  if (waiting === null) return;
  context.out(`    ${context.paint('bad', 'waiting')} until ${waiting.until} (${name}): ${waiting.reason}`);
}

function drillText(context: Context, drill: DestinationView['last_drill']): string {
  if (drill === null) return 'no restore drill yet (nxs backup drill)';
  const { outcome, age_ms: age, at, files, note, last_green: green } = drill;
  const words = `last restore drill ${outcome.replace('_', ' ')}, ${ageInWords(age)} ago (${at})`;
  if (outcome === 'green') return `${words}: ${files} files brought back and proved`;
  const before = green === null ? 'never green' : `last green ${green}`;
  return `${context.paint('bad', words)}: ${note ?? ''}; ${before}`;
}

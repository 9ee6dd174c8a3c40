import { runRecordSchema } from '../../domain/backup/record.js';
import type { Command } from '../definition.js';
import { flag, textOption, type Context } from '../definition.js';

export const backupRun: Command = {
  name: 'backup run',
  summary: 'back up now, read every new byte back, and say what is proved',
  options: [
    { flags: '--confirm <token>', summary: 'let a held run pass: the files are gone on purpose' },
    {
      flags: '--dry-run',
      summary: 'say what it would do and what that costs, send nothing; no control plane is needed',
    },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    if (flag(invocation, 'dryRun')) return preview(context);
    const { loadFor } = await import('../setup.js');
    const { follow } = await import('../follow.js');
    const { printRecord, printUnproved } = await import('../backup-text.js');
    const { viewBackups } = await import('../../workers/backup-view.js');
    const config = await loadFor(context);
    const ended = await follow(context, config, {
      kind: 'backup',
      type: 'backupAndVerify',
      input: { node: config.node, trigger: 'person', confirm: textOption(invocation, 'confirm') ?? null },
      summary: `backup of ${config.dataDir}, asked for by a person`,
    });
    const record = runRecordSchema.parse(ended.value);
    if (context.json) context.out(JSON.stringify({ ...record, link: ended.link }));
    else {
      printRecord(context, record);
      if (record.outcome !== 'green') printUnproved(context, await viewBackups(config, Date.now()));
    }
    return record.outcome === 'green' ? 0 : 1;
  },
};

async function preview(context: Context): Promise<number> {
  const { loadFor } = await import('../setup.js');
  const { previewRun } = await import('../../workers/preview.js');
  const { printPreview } = await import('../preview-text.js');
  const shown = await previewRun(await loadFor(context), (line) => context.progress(line));
  context.progress(null);
  if (context.json) context.out(JSON.stringify({ dry_run: true, ...shown }));
  else printPreview(context, shown);
  const stopped = shown.held !== null || shown.destinations.some(({ state }) => state === 'failed');
  return stopped ? 1 : 0;
}

import { runRecordSchema } from '../../domain/backup/record.js';
import type { Command } from '../definition.js';
import { textOption } from '../definition.js';

export const backupRun: Command = {
  name: 'backup run',
  summary: 'back up now, read every new byte back, and say what is proved',
  options: [{ flags: '--confirm <token>', summary: 'let a held run pass: the files are gone on purpose' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
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

import path from 'node:path';
import { countOption, flag, textOption, type Command } from '../definition.js';
import { printable } from '../printable.js';

const DEFAULT_SINCE = '7d';

export const healLog: Command = {
  name: 'heal log',
  summary: 'the healing log, oldest first: what was done to what, at which level, and how it ended',
  details:
    'One record for each act, with the workflow that it belongs to. Neither Temporal nor the control plane is needed.',
  options: [
    { flags: '--since <duration>', summary: `only younger than this (default ${DEFAULT_SINCE})` },
    { flags: '--limit <n>', summary: 'only the latest n' },
    {
      flags: '--verify',
      summary: 'check the hash chain of the journal first; exit 1 when it was tampered with',
    },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { parseDuration } = await import('../duration.js');
    const { readHealingLog } = await import('../../workers/healing/log.js');
    const { linksOf } = await import('../../workers/healing/desk.js');
    const since = parseDuration(textOption(invocation, 'since') ?? DEFAULT_SINCE, '--since');
    const limit = countOption(invocation, 'limit');
    const config = await loadFor(context);
    const link = await linksOf(config);
    const all = await readHealingLog(config, Date.now() - since);
    const records = all.slice(limit === undefined ? 0 : -limit).map(({ workflow, ...rest }) => ({
      ...rest,
      workflow,
      link: workflow === null ? null : link(workflow),
    }));
    const verified = flag(invocation, 'verify') ? await isWhole(config.stateDir) : null;
    if (context.json) {
      context.out(JSON.stringify({ verified, records }));
      return verified === false ? 1 : 0;
    }
    if (verified !== null)
      context.out(
        context.paint(
          verified ? 'good' : 'bad',
          verified ? 'journal ok' : 'JOURNAL BROKEN: nxs journal verify',
        ),
      );
    if (records.length === 0) context.out('nothing was done');
    for (const { timestamp, action, level, status, target, detail, incident } of records) {
      const colour = status === 'failed' || status === 'unknown' ? 'bad' : 'good';
      context.out(
        `${timestamp}  level ${String(level)}  ${action} on ${printable(target)}: ${context.paint(colour, status)}  ${incident}`,
      );
      if (detail !== '') context.out(context.paint('dim', `    ${printable(detail).replace(/\s+/g, ' ')}`));
    }
    return verified === false ? 1 : 0;
  },
};

async function isWhole(stateDir: string): Promise<boolean> {
  const { verifyJournal } = await import('../../adapters/journal/verify.js');
  return (await verifyJournal(path.join(stateDir, 'journal'))).ok;
}

import { NxsError } from '../../domain/errors.js';
import { flag, textOption, type Command } from '../definition.js';

const DEFAULT_SINCE = '24h';

export const kpi: Command = {
  name: 'kpi',
  summary: 'the six KPIs, measured, against their targets; exit 1 when one is missed',
  details:
    'Reads the journal; neither Temporal nor the control plane is needed. `too few to say`: nothing, or too little, was measured.',
  options: [
    { flags: '--since <duration>', summary: `window, 1m to 30d (default ${DEFAULT_SINCE})` },
    { flags: '--explain', summary: 'how each one is measured' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { parseDuration } = await import('../duration.js');
    const { LONGEST, readKpis } = await import('../../workers/kpi/view.js');
    const { missedOf } = await import('../../domain/kpi/words.js');
    const { printKpis } = await import('../kpi-text.js');
    const asked = textOption(invocation, 'since') ?? DEFAULT_SINCE;
    const since = parseDuration(asked, '--since');
    if (since < 60_000 || since > LONGEST)
      throw new NxsError('USAGE', `--since "${asked}" is not from 1m to 30d.`);
    const config = await loadFor(context);
    const report = await readKpis(config, since, Date.now());
    if (context.json) context.out(JSON.stringify(report));
    else {
      printKpis(context, report);
      if (flag(invocation, 'explain'))
        for (const { name, definition } of report.kpis) context.out(`${name}: ${definition}`);
    }
    return missedOf(report).length > 0 ? 1 : 0;
  },
};

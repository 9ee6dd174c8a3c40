import { countOption, flag, type Command } from '../definition.js';

const DEFAULT_LIMIT = 10;

export const healList: Command = {
  name: 'heal list',
  summary: 'incidents: open ones first, then the latest that are over; exit 1 when one waits for a person',
  details: 'Reads the journal; neither Temporal nor the control plane is needed.',
  options: [
    { flags: '--open', summary: 'only those that are not over' },
    { flags: '--limit <n>', summary: `how many that are over (default ${String(DEFAULT_LIMIT)})` },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const limit = countOption(invocation, 'limit') ?? DEFAULT_LIMIT;
    const { loadFor } = await import('../setup.js');
    const { viewHealing, linksOf } = await import('../../workers/healing/desk.js');
    const { isOpen, needsPerson } = await import('../../domain/healing/incident.js');
    const { printIncident, printMonitor } = await import('../healing-text.js');
    const config = await loadFor(context);
    const now = Date.now();
    const view = await viewHealing(config, now);
    const over = view.incidents.filter((each) => !isOpen(each)).slice(0, limit);
    const shown = [...view.incidents.filter(isOpen), ...(flag(invocation, 'open') ? [] : over)];
    if (context.json) {
      const link = await linksOf(config);
      const incidents = shown.map(({ log, ...rest }) => ({
        ...rest,
        link: link(rest.workflow),
        events: log.length,
      }));
      context.out(JSON.stringify({ monitor: view.monitor, paused: view.paused, incidents }));
    } else {
      printMonitor(context, view, now);
      if (shown.length === 0) context.out('no incident on record');
      for (const each of shown) printIncident(context, each, now);
    }
    return shown.some(needsPerson) ? 1 : 0;
  },
};

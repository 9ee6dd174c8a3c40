import { textArgument, type Command } from '../definition.js';

export const healShow: Command = {
  name: 'heal show',
  summary:
    'one incident whole: cause, what was tried, what it wants to run, what that costs, how long it waits; exit 1 while it waits for a person',
  args: [{ name: '<id>', summary: 'the incident, or the beginning of its id' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { findIncident, linksOf, viewHealing } = await import('../../workers/healing/desk.js');
    const { needsPerson } = await import('../../domain/healing/incident.js');
    const { printCard } = await import('../healing-text.js');
    const config = await loadFor(context);
    const now = Date.now();
    const { incidents } = await viewHealing(config, now);
    const incident = findIncident(incidents, textArgument(invocation, 0) ?? '');
    const link = (await linksOf(config))(incident.workflow);
    if (context.json) context.out(JSON.stringify({ ...incident, link }));
    else printCard(context, incident, link, now);
    return needsPerson(incident) ? 1 : 0;
  },
};

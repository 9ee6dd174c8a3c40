import { whoOf, type Command } from '../definition.js';

export const healResume: Command = {
  name: 'heal resume',
  summary: 'end of the maintenance: what waits is healed now',
  options: [{ flags: '--by <who>', summary: 'whose word it is, for the journal (default: the user name)' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { resumeHealing } = await import('../../workers/healing/desk.js');
    const config = await loadFor(context);
    await resumeHealing(config, whoOf(invocation));
    if (context.json) context.out(JSON.stringify({ paused: false }));
    else context.out('healing goes on');
    return 0;
  },
};

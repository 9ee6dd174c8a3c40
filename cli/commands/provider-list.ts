import type { Command } from '../definition.js';

export const providerList: Command = {
  name: 'provider list',
  summary: 'who answers, in which order, and who is out until when; exit 1 when no provider can answer',
  details:
    'Asks the running control plane. When none runs, it shows the configuration and the state that the last one kept.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { canAnswer, readProviders } = await import('../../workers/failover/provider-view.js');
    const { printProviders, whoIsFirst } = await import('../provider-text.js');
    const config = await loadFor(context);
    const now = Date.now();
    const { running, as_of: asOf, view } = await readProviders(config, now, (line) => context.note(line));
    if (context.json) context.out(JSON.stringify({ running, as_of: asOf, ...view }));
    else {
      if (!running)
        context.out(`the control plane is not running; ${asOf === null ? 'as configured' : `as of ${asOf}`}`);
      if (view.providers.length === 0) context.out('no provider is in providers.yaml');
      else printProviders(context, view, now);
      context.out(whoIsFirst(view));
    }
    return view.providers.some((each) => canAnswer(each, now)) ? 0 : 1;
  },
};

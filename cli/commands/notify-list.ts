import type { Command } from '../definition.js';

export const notifyList: Command = {
  name: 'notify list',
  summary: 'the channels with their last delivery or failure, and the incidents that are open',
  details: 'It needs no control plane: it reads what was kept.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { readNotifications } = await import('../../workers/notify-view.js');
    const { printNotifications } = await import('../notify-text.js');
    const view = await readNotifications(await loadFor(context));
    if (context.json) context.out(JSON.stringify(view));
    else printNotifications(context, view);
    return 0;
  },
};

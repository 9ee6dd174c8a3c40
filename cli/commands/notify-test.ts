import type { Tried } from '../../workers/notify-test.js';
import { textOption, type Command, type Context } from '../definition.js';

export const notifyTest: Command = {
  name: 'notify test',
  summary: 'send a marked test notification through every channel, from here; exit 1 when one fails',
  details: 'It needs no control plane, and counts neither against the hourly limit nor as told.',
  options: [{ flags: '--channel <name>', summary: 'only this one' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const only = textOption(invocation, 'channel') ?? null;
    const { loadFor } = await import('../setup.js');
    const { testChannels } = await import('../../workers/notify-test.js');
    const config = await loadFor(context);
    const onTried = (tried: Tried): void => {
      if (!context.json) say(context, tried);
    };
    const channels = await testChannels(config, { only, env: context.env, onTried });
    const asked = only === null ? ['failed'] : ['failed', 'not_configured'];
    const ok = channels.every(({ result }) => !asked.includes(result));
    if (context.json) context.out(JSON.stringify({ ok, channels }));
    else if (config.nxs.notify.length === 0) {
      context.note('only the log is told: add a channel under `notify` in nxs.yaml (docs/notifications.md)');
    }
    return ok ? 0 : 1;
  },
};

function say(context: Context, { name, kind, result, reason, ms }: Tried): void {
  const who = name === kind ? name : `${name} (${kind})`;
  if (result === 'ok') context.out(`${context.paint('good', 'ok')}      ${who}: told in ${ms} ms`);
  else if (result === 'failed') context.out(`${context.paint('bad', 'FAILED')}  ${who}: ${reason ?? ''}`);
  else context.out(`${context.paint('dim', '-')}       ${who}: not configured, ${reason ?? ''}`);
}

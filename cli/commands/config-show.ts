import type { Command } from '../definition.js';

export const configShow: Command = {
  name: 'config show',
  summary: 'the configuration in force, with the origin of each file; secrets are shown as ***',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { showJson, showYaml } = await import('../../config/show.js');
    const config = await loadFor({ ...context, note: () => undefined });
    context.out(context.json ? JSON.stringify(showJson(config)) : showYaml(config).trimEnd());
    return 0;
  },
};

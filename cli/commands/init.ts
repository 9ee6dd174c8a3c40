import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from '../definition.js';

export const init: Command = {
  name: 'init',
  summary: 'write the commented configuration files; never overwrites one',
  details: 'They go to --config DIR, else NXS_CONFIG_DIR, else ~/.config/nxs.',
  json: true,
  async run({ context }) {
    const { writeDefaults } = await import('../../config/init.js');
    const home = context.env['HOME'] ?? homedir();
    const dir = path.resolve(
      context.configDir ?? context.env['NXS_CONFIG_DIR'] ?? path.join(home, '.config', 'nxs'),
    );
    const { written, kept } = await writeDefaults(dir);
    if (context.json) {
      context.out(JSON.stringify({ dir, written, kept }));
      return 0;
    }
    context.out(`${dir}: ${written.length} files written, ${kept.length} kept as they are`);
    for (const name of written) context.out(`  new   ${name}`);
    for (const name of kept) context.out(`  kept  ${name}`);
    context.out('Check them with: nxs config check');
    return 0;
  },
};

import { errorMessage, NxsError } from '../../domain/errors.js';
import type { Command } from '../definition.js';

export const configCheck: Command = {
  name: 'config check',
  summary: 'load every configuration file and name all problems with their lines; exit 2 when there are any',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    try {
      const config = await loadFor({ ...context, note: () => undefined }, true);
      const { files, warnings, unset } = config;
      if (context.json) {
        context.out(JSON.stringify({ ok: true, problems: [], files, warnings, unset }));
        return 0;
      }
      for (const [name, { path, origin }] of Object.entries(files)) {
        context.out(
          `${context.paint('good', 'ok')}  ${name}.yaml  ${path}${origin === 'default' ? ' (default)' : ''}`,
        );
      }
      for (const { file, path, variable } of unset)
        context.out(`not set: ${variable} (${file}.yaml, ${path})`);
      for (const warning of warnings) context.out(`warning: ${warning}`);
      return 0;
    } catch (error) {
      if (!(error instanceof NxsError) || error.code !== 'CONFIG_INVALID') throw error;
      const problems = error.details['problems'] ?? [];
      if (context.json)
        context.out(JSON.stringify({ ok: false, problems, files: {}, warnings: [], unset: [] }));
      else context.out(errorMessage(error));
      return 2;
    }
  },
};

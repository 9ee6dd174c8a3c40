import type { Check } from '../../workers/check.js';
import type { Command } from '../definition.js';

const MARKS: Readonly<Record<Check['reading'], string>> = { good: 'ok  ', bad: 'BAD ', unknown: '?   ' };

export const doctor: Command = {
  name: 'doctor',
  summary:
    'check this machine, the configuration, the destinations and the providers; exit 1 when something is bad',
  json: true,
  async run({ context }) {
    const { loadFor, staleConfig } = await import('../setup.js');
    const { preflight } = await import('../../workers/preflight.js');
    const config = await loadFor(context);
    const stale = await staleConfig(config);
    const changed: Check[] =
      stale === null ? [] : [{ name: 'configuration in force', reading: 'bad', detail: stale }];
    const checks = [...(await preflight(config, context.env)), ...changed];
    const bad = checks.filter(({ reading }) => reading === 'bad');
    if (context.json) context.out(JSON.stringify({ ok: bad.length === 0, checks }));
    for (const { name, reading, detail } of context.json ? [] : checks) {
      const colour = reading === 'good' ? 'good' : reading === 'bad' ? 'bad' : 'dim';
      context.out(`${context.paint(colour, MARKS[reading])}${name}: ${detail}`);
    }
    return bad.length === 0 ? 0 : 1;
  },
};

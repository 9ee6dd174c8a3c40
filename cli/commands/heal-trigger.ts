import type { Forecast } from '../../workers/healing/foresight.js';
import { NxsError } from '../../domain/errors.js';
import { flag, textArgument, textOption, whoOf, type Command, type Context } from '../definition.js';

export const healTrigger: Command = {
  name: 'heal trigger',
  summary:
    'start an incident by hand, as if the monitor had seen it; --dry-run shows exactly what it would run',
  details:
    'Kinds: memory_warning, memory_critical, disk_critical, service_down, provider_failure, extension_crash, unresponsive, data_corruption. Brakes, permissions and approvals hold as always; whoever triggers cannot approve it where four_eyes is on.',
  args: [{ name: '<kind>', summary: 'what is wrong' }],
  options: [
    { flags: '--target <name>', summary: 'which service, extension, mount point or file' },
    { flags: '--by <who>', summary: 'whose word it is (default: the user name)' },
    { flags: '--dry-run', summary: 'show what would be done first, and do nothing' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const by = whoOf(invocation);
    const { parseTrigger, triggered } = await import('../../domain/healing/trigger.js');
    const { isNamed } = await import('../../domain/healing/rules.js');
    const typed = { kind: textArgument(invocation, 0), target: textOption(invocation, 'target') ?? null, by };
    const parsed = parseTrigger(typed);
    if ('why' in parsed) throw new NxsError('USAGE', hint(parsed.why));
    const { loadFor } = await import('../setup.js');
    const config = await loadFor(context);
    const anomaly = triggered(parsed.value, Date.now());
    if (!isNamed(config.healing, anomaly))
      throw new NxsError(
        'USAGE',
        `healing.yaml names no "${parsed.value.target ?? ''}" for ${anomaly.kind}.`,
      );
    if (flag(invocation, 'dryRun')) {
      const { forecast } = await import('../../workers/healing/foresight.js');
      const seen = await forecast(config, anomaly);
      if (context.json) context.out(JSON.stringify({ incident: null, ...seen }));
      else print(context, seen);
      return seen.act === null ? 1 : 0;
    }
    const { reachTemporal } = await import('../setup.js');
    const { triggerIncident } = await import('../../workers/healing/decide.js');
    const reached = await reachTemporal(config);
    try {
      const { incident } = await triggerIncident(reached.client, config.node, typed);
      if (context.json) context.out(JSON.stringify({ incident, act: null, held: null, skipped: [] }));
      else context.out(`started ${incident}: nxs heal show ${incident}`);
      return 0;
    } finally {
      await reached.close();
    }
  },
};

/** The signal's own words speak of JSON. */
function hint(why: string): string {
  return why.replace(/^trigger takes .*; KIND is/, 'KIND is').replace(/needs a target:/, 'needs --target:');
}

function print(context: Context, { act, held, skipped }: Forecast): void {
  for (const { level, reason } of skipped) context.out(`skipped  level ${String(level)}: ${reason}`);
  if (act === null) {
    context.out('nothing: no level can do anything about it here; a person would be told');
    return;
  }
  const asks = act.permission === 'approve' ? ', after an approval' : '';
  context.out(`does     level ${String(act.level)}, ${act.action} on ${act.target}${asks}`);
  for (const line of act.commands) context.out(`runs     ${line}`);
  context.out(`downtime ${act.downtime}`);
  context.out(`loss     ${act.data_loss}`);
  if (held !== null) context.out(`held     ${held.reason}, until ${held.until}`);
}

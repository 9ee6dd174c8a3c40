import { resolve } from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { askedScope, SCOPE_OPTIONS } from '../service.js';
import { flag, textOption, type Command, type Context } from '../definition.js';
import type { Planned } from '../../workers/service/plan.js';

export const serviceInstall: Command = {
  name: 'service install',
  summary: 'run the control plane as a service: write its unit, enable and start it',
  details:
    'Writes one file: a systemd unit, or a launchd agent on macOS. Rules for polkit or sudo are only printed. A file that was changed by hand is never replaced without --force (docs/service.md).',
  options: [
    ...SCOPE_OPTIONS,
    { flags: '--as <user>', summary: 'account that a service of the machine runs as' },
    { flags: '--no-start', summary: 'enable it, and start it later' },
    { flags: '--force', summary: 'replace a file that was changed by hand' },
    { flags: '--print', summary: 'show the file and the rules; change nothing' },
    { flags: '--dry-run', summary: 'the same as --print' },
  ],
  async run(invocation) {
    const { context } = invocation;
    const { placeOf, scopeOf, thisMachine } = await import('../../workers/service/place.js');
    const { planService } = await import('../../workers/service/plan.js');
    const { installService, textFor } = await import('../../workers/service/install.js');
    const machine = thisMachine(context.env);
    const as = textOption(invocation, 'as') ?? null;
    const scope = scopeOf(machine, askedScope(invocation) ?? (as === null ? null : 'system'));
    if (as !== null && scope === 'user') throw new NxsError('USAGE', '--as goes with --system.');
    const place = placeOf(machine, scope);
    const planned = await planService(machine, { scope, as, configDir: absolute(context) });
    if (flag(invocation, 'print') || flag(invocation, 'dryRun')) {
      context.out(textFor(place, planned).trimEnd());
      await printRights(context, planned);
      for (const note of planned.notes) context.note(`note: ${note}`);
      context.note(`nothing was changed; it would be written to ${place.path}`);
      return 0;
    }
    const start = invocation.options['start'] !== false;
    const done = await installService(machine, { place, planned, force: flag(invocation, 'force'), start });
    const words = { new: 'written', replaced: 'replaced', same: 'was up to date' };
    context.out(`${done.path}: ${words[done.wrote]}, enabled${done.started ? ', started' : ''}`);
    context.out(`state ${planned.plan.stateDir}, data ${planned.config.dataDir}`);
    await printRights(context, planned);
    for (const note of done.notes) context.note(`note: ${note}`);
    context.out('See it with: nxs service status');
    return 0;
  },
};

async function printRights(context: Context, { rights, account, plan }: Planned): Promise<void> {
  const { polkitRule, sudoersLines } = await import('../../domain/service/rights.js');
  const rule = polkitRule(rights, account.name);
  const lines = plan.sudo ? sudoersLines(rights, account.name) : [];
  if (rule !== null) {
    context.out('');
    context.out(
      '# healing.yaml restarts units of the system. To allow exactly that, put this into /etc/polkit-1/rules.d/50-nxs.rules:',
    );
    context.out(rule.trimEnd());
  }
  if (lines.length > 0) {
    context.out('');
    context.out('# healing.yaml uses sudo. To allow exactly that: sudo visudo -f /etc/sudoers.d/nxs');
    for (const line of lines) context.out(line);
  }
}

/** The unit does not start in the directory where it was installed. */
function absolute({ configDir, env }: Context): string | null {
  const dir = configDir ?? env['NXS_CONFIG_DIR'] ?? '';
  return dir === '' ? null : resolve(dir);
}

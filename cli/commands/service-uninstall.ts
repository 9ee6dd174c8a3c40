import { askedScope, presentPlace, SCOPE_OPTIONS } from '../service.js';
import { flag, type Command } from '../definition.js';

export const serviceUninstall: Command = {
  name: 'service uninstall',
  summary: 'stop the service and remove its file; state, data and configuration stay',
  options: [...SCOPE_OPTIONS, { flags: '--force', summary: 'also a file that is not of nxs' }],
  async run(invocation) {
    const { context } = invocation;
    const { thisMachine } = await import('../../workers/service/place.js');
    const { plannedAs } = await import('../../workers/service/installed.js');
    const { uninstallService } = await import('../../workers/service/uninstall.js');
    const machine = thisMachine(context.env);
    const place = await presentPlace(machine, askedScope(invocation));
    const planned = await plannedAs(machine, place).catch(() => null);
    const done = await uninstallService(machine, place, flag(invocation, 'force'));
    if (done === 'absent') {
      context.out(`nothing to remove: ${place.path} is not there`);
      return 0;
    }
    context.out(`${place.path}: stopped and removed`);
    if (planned !== null)
      context.out(
        `kept: state ${planned.plan.stateDir}, data ${planned.config.dataDir}, configuration ${planned.config.dirs[0] ?? ''}`,
      );
    context.out(
      'Rules that you put in place for polkit or sudo are yours to remove: /etc/polkit-1/rules.d/50-nxs.rules, /etc/sudoers.d/nxs',
    );
    return 0;
  },
};

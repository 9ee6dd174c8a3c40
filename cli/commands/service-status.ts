import type { ServiceStatus } from '../../workers/service/status.js';
import { askedScope, presentPlace, SCOPE_OPTIONS } from '../service.js';
import type { Command, Context } from '../definition.js';

export const serviceStatusCommand: Command = {
  name: 'service status',
  summary:
    'the service as the service manager sees it, and whether its file is up to date; exit 1 when it does not run',
  options: SCOPE_OPTIONS,
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { thisMachine } = await import('../../workers/service/place.js');
    const { serviceStatus } = await import('../../workers/service/status.js');
    const { plannedAs } = await import('../../workers/service/installed.js');
    const machine = thisMachine(context.env);
    const place = await presentPlace(machine, askedScope(invocation));
    const planned = await plannedAs(machine, place).catch((error: unknown) => {
      context.note(
        `what would be written now cannot be told: ${error instanceof Error ? error.message : ''}`,
      );
      return null;
    });
    const status = await serviceStatus(machine, place, planned);
    if (context.json) context.out(JSON.stringify(status));
    else print(context, status);
    return status.state === 'active' ? 0 : 1;
  },
};

const FILES = {
  current: 'up to date',
  outdated: 'of another version or configuration; `nxs service install` brings it up to date',
  edited: 'changed by hand; it is left as it is',
  foreign: 'not of nxs',
} as const;

function print(context: Context, status: ServiceStatus): void {
  const {
    installed,
    path,
    state,
    since,
    pid,
    restarts,
    result,
    watchdog,
    linger,
    file,
    differences,
    enabled,
  } = status;
  if (!installed) {
    context.out(`not installed (${path}); nxs service install does it`);
    return;
  }
  const good = state === 'active';
  const process = pid === null ? '' : `, process ${String(pid)}`;
  context.out(
    `service        ${context.paint(good ? 'good' : 'bad', state)}${since === null ? '' : ` since ${since}`}${process}`,
  );
  if (enabled !== null)
    context.out(
      `at boot        ${enabled ? 'enabled' : 'not enabled'}${linger === false ? '; only while you are logged in (loginctl enable-linger)' : ''}`,
    );
  if (result !== null || (restarts ?? 0) > 0)
    context.out(
      `restarts       ${String(restarts ?? 0)}${result === null ? '' : `, the last end was: ${result}`}`,
    );
  if (watchdog !== null) context.out(`last sign      ${watchdog}`);
  context.out(`file           ${path}: ${file === null ? '' : FILES[file]}`);
  if (file !== 'outdated') return;
  for (const line of differences.gone) context.out(`  - ${line}`);
  for (const line of differences.added) context.out(`  + ${line}`);
}

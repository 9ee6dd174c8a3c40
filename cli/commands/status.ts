import type { Config } from '../../config/types.js';
import { flag, type Command, type Context } from '../definition.js';

interface ControlPlane {
  readonly running: boolean;
  readonly ready: boolean;
  readonly pid: number | null;
  readonly http: string | null;
  readonly temporal: string | null;
  readonly ui: string | null;
  readonly started: string | null;
  /** Checks that fail, by name. */
  readonly failing: readonly string[];
}

/** ms between two screens of `--watch`. */
const EVERY = 2_000;
const DAY = 24 * 3_600_000;

export const status: Command = {
  name: 'status',
  summary:
    'one screen: is the control plane up, who answers, is the last backup proved; exit 1 when a backup or the control plane is not well',
  options: [{ flags: '--watch', summary: 'show it again every 2 s, until Ctrl-C' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    if (!flag(invocation, 'watch')) return answer(context);
    const { watch } = await import('../watch.js');
    return watch(context, EVERY, answer);
  },
};

async function answer(context: Context): Promise<number> {
  const { loadFor } = await import('../setup.js');
  const { viewBackups } = await import('../../workers/backup-view.js');
  const { readProviders } = await import('../../workers/failover/provider-view.js');
  const { printSummary, summaryOf } = await import('../provider-text.js');
  const { readSyncStatus } = await import('../../workers/sync/view.js');
  const { briefOf, lineOf } = await import('../sync-text.js');
  const { viewHealing } = await import('../../workers/healing/desk.js');
  const { printHealing, briefOfHealing } = await import('../healing-text.js');
  const { readKpis } = await import('../../workers/kpi/view.js');
  const { printKpiLine, briefOfKpis } = await import('../kpi-text.js');
  const { readStuck } = await import('../../workers/stuck/file.js');
  const config = await loadFor(context);
  const plane = await controlPlane(config);
  const now = Date.now();
  const providers = await readProviders(config, now, (line) => context.note(line));
  const view = await viewBackups(config, now);
  const sync = await readSyncStatus(config);
  const healing = await viewHealing(config, now);
  const kpis = await readKpis(config, DAY, now);
  const stuck = (await readStuck(config.stateDir))?.runs ?? [];
  const { last_run: last } = view;
  const backup = {
    outcome: last?.outcome ?? null,
    summary: last?.summary ?? null,
    finished: last?.finished ?? null,
    destinations: view.destinations.map(({ files, ...rest }) => ({ ...rest, files: files.length })),
  };
  if (context.json) {
    const own = { node: config.node, data_dir: config.dataDir, control_plane: plane };
    const briefs = { sync: briefOf(sync), healing: briefOfHealing(healing), kpis: briefOfKpis(kpis) };
    context.out(JSON.stringify({ ...own, stuck, providers: summaryOf(providers), backup, ...briefs }));
  } else {
    print(context, config, plane);
    for (const { workflow, reason, mend } of stuck)
      context.out(`${context.paint('bad', `CANNOT GO ON  ${workflow}`)}: ${reason}; ${mend}`);
    printSummary(context, providers);
    printBackup(context, backup);
    context.out(`last sync      ${lineOf(context, sync)}`);
    printHealing(context, healing, now);
    printKpiLine(context, kpis);
  }
  const proved =
    backup.outcome === 'green' &&
    backup.destinations.every((each) => !each.too_old && each.state !== 'not_proved');
  return plane.ready && proved ? 0 : 1;
}

/** Asks the front that run.json names; a file without a process behind it means "not running". */
async function controlPlane(config: Config): Promise<ControlPlane> {
  const { readReadiness } = await import('../../workers/readiness.js');
  const front = await readReadiness(config);
  const none = { pid: null, http: null, temporal: null, ui: null, started: null, failing: [] };
  if (front.kind === 'none') return { running: false, ready: false, ...none };
  if (front.kind === 'silent') return { running: false, ready: false, ...none, failing: ['http'] };
  const { pid, http, temporal, ui, started } = front.run;
  return { running: true, ready: front.ready, pid, http, temporal, ui, started, failing: front.failing };
}

interface BackupLine {
  readonly outcome: string | null;
  readonly summary: string | null;
  readonly finished: string | null;
  readonly destinations: readonly {
    name: string;
    last_proved: string | null;
    too_old: boolean;
    note: string | null;
  }[];
}

function print(context: Context, config: Config, plane: ControlPlane): void {
  const state = plane.ready
    ? 'ready'
    : plane.running
      ? `not ready (${plane.failing.join(', ')})`
      : 'not running';
  context.out(`node ${config.node}, data ${config.dataDir}`);
  context.out(`control plane  ${context.paint(plane.ready ? 'good' : 'bad', state)}`);
  if (plane.running) {
    context.out(
      `  http ${plane.http ?? ''}   temporal ${plane.temporal ?? ''}   web UI ${plane.ui ?? 'not ours'}`,
    );
  }
}

function printBackup(context: Context, backup: BackupLine): void {
  const good = backup.outcome === 'green';
  const words = backup.summary === null ? 'none yet' : `${backup.summary} (${backup.finished ?? ''})`;
  context.out(`last backup    ${context.paint(good ? 'good' : 'bad', words)}`);
  for (const { name, last_proved: at, too_old: old, note } of backup.destinations) {
    const age = at === null ? 'never proved' : `proved ${at}${old ? ', too old' : ''}`;
    context.out(`  ${name}: ${note ?? age}`);
  }
}

import type { Config } from '../../config/types.js';
import type { Command, Context } from '../definition.js';

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

export const status: Command = {
  name: 'status',
  summary: 'one screen: is the control plane up, is the last backup proved; exit 1 when not',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { viewBackups } = await import('../../workers/backup-view.js');
    const config = await loadFor(context);
    const plane = await controlPlane(config);
    const view = await viewBackups(config, Date.now());
    const { last_run: last } = view;
    const backup = {
      outcome: last?.outcome ?? null,
      summary: last?.summary ?? null,
      finished: last?.finished ?? null,
      destinations: view.destinations.map(({ files, ...rest }) => ({ ...rest, files: files.length })),
    };
    if (context.json) {
      context.out(
        JSON.stringify({ node: config.node, data_dir: config.dataDir, control_plane: plane, backup }),
      );
    } else {
      print(context, config, plane, backup);
    }
    const proved = backup.outcome === 'green' && backup.destinations.every((each) => !each.too_old);
    return plane.ready && proved ? 0 : 1;
  },
};

/** Asks the front that run.json names; a file without a process behind it means "not running". */
async function controlPlane(config: Config): Promise<ControlPlane> {
  const { readRunFile } = await import('../../workers/run-file.js');
  const running = await readRunFile(config.stateDir);
  const none = { pid: null, http: null, temporal: null, ui: null, started: null, failing: [] };
  if (running === null) return { running: false, ready: false, ...none };
  const { pid, http, temporal, ui, started } = running;
  const reply = await fetch(`${http}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  if (reply === null) return { running: false, ready: false, ...none, failing: ['http'] };
  const body = (await reply.json().catch(() => ({}))) as { checks?: Record<string, boolean> };
  const failing = Object.entries(body.checks ?? {}).flatMap(([name, good]) => (good ? [] : [name]));
  return { running: true, ready: reply.ok, pid, http, temporal, ui, started, failing };
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

function print(context: Context, config: Config, plane: ControlPlane, backup: BackupLine): void {
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
  const good = backup.outcome === 'green';
  const words = backup.summary === null ? 'none yet' : `${backup.summary} (${backup.finished ?? ''})`;
  context.out(`last backup    ${context.paint(good ? 'good' : 'bad', words)}`);
  for (const { name, last_proved: at, too_old: old, note } of backup.destinations) {
    const age = at === null ? 'never proved' : `proved ${at}${old ? ', too old' : ''}`;
    context.out(`  ${name}: ${note ?? age}`);
  }
}

import { errorMessage, NxsError } from '../../domain/errors.js';
import type { ReloadFile } from '../../workers/reload-file.js';
import type { Command, Context } from '../definition.js';

/** ms until the supervisor says that it has read the files. */
const HEARD = 15_000;
/** ms that a worker may take to finish what it does and to start anew. */
const BACK = 90_000;
const POLL = 100;

export const configReload: Command = {
  name: 'config reload',
  summary:
    'put changed configuration files into force in the running control plane; a mistake in them changes nothing',
  details:
    'All files are checked first. Running calls end by the old rules; the worker finishes what it does and starts anew. Exit 2: refused, the old configuration stays; 1: in force, but for changes that need a restart (node, directories, http address, which Temporal); 4: the worker is not back yet. SIGHUP does the same where no terminal is attached, SIGUSR2 everywhere.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { livingRun, readRunFile } = await import('../../workers/run-file.js');
    const config = await loadFor(context).catch(unchanged);
    const run = livingRun(await readRunFile(config.stateDir));
    if (run === null) {
      const where = `No control plane is running on the state directory ${config.stateDir}`;
      throw new NxsError('TEMPORAL_UNREACHABLE', `${where}: it reads the files when it starts.`);
    }
    if (run.configured === undefined)
      throw new NxsError(
        'USAGE',
        'The running control plane is of a version that cannot reload: restart it.',
      );
    const asked = new Date().toISOString();
    process.kill(run.pid, 'SIGUSR2');
    const read = await lookFor(config.stateDir, asked, HEARD, () => true);
    if (read === null)
      throw new NxsError(
        'ACTIVITY_FAILED',
        `Process ${String(run.pid)} does not say that it has read the files.`,
      );
    if (read.state === 'applied') context.progress('the worker finishes what it does and starts anew');
    const done = await lookFor(config.stateDir, asked, BACK, ({ state }) => state !== 'applied');
    context.progress(null);
    const end = done ?? read;
    if (context.json) context.out(JSON.stringify(end));
    else print(context, end);
    return exitOf(end);
  },
};

function unchanged(error: unknown): never {
  if (!(error instanceof NxsError) || error.code !== 'CONFIG_INVALID') throw error;
  throw new NxsError('CONFIG_INVALID', `Nothing was changed. ${errorMessage(error)}`, error.details, error);
}

async function lookFor(
  stateDir: string,
  since: string,
  patience: number,
  wanted: (reload: ReloadFile) => boolean,
): Promise<ReloadFile | null> {
  const { readReload } = await import('../../workers/reload-file.js');
  const { setTimeout: sleep } = await import('node:timers/promises');
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const reload = await readReload(stateDir);
    if (reload !== null && reload.began >= since && wanted(reload)) return reload;
    await sleep(POLL);
  }
  return null;
}

function exitOf({ state, restart }: ReloadFile): number {
  if (state === 'refused' || state === 'rolled_back') return 2;
  if (state === 'applied') return 4;
  return restart.length > 0 ? 1 : 0;
}

const SENTENCES = {
  refused: 'refused: the configuration of before stays in force',
  unchanged: 'nothing has changed: what is in the files is in force',
  applied: 'in force in the front; the worker is not back yet (nxs status)',
  in_force: 'in force',
  rolled_back: 'taken back: the worker could not run with it, the configuration of before is in force',
} as const satisfies Record<ReloadFile['state'], string>;

function print(context: Context, { state, changed, restart, problem }: ReloadFile): void {
  const good = state === 'in_force' || state === 'unchanged';
  context.out(context.paint(good ? 'good' : 'bad', SENTENCES[state]));
  if (problem !== null) context.out(problem);
  for (const key of changed) context.out(`  ${key}`);
  for (const key of restart) context.out(`  waits for a restart: ${key}`);
}

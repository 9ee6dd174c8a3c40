import { join } from 'node:path';
import { resolveProgram, type Program } from '../adapters/temporal/binary.js';
import { convertDatabase, makeEmpty, pourApart, scratchOf } from '../adapters/temporal/convert.js';
import {
  databasePath,
  databaseServed,
  oldestFor,
  prepareDatabase,
  type DatabaseNote,
} from '../adapters/temporal/database.js';
import {
  chooseEnginePorts,
  engineAddress,
  engineCommand,
  engineUi,
  keepEnginePorts,
  spawnEngine,
  type EnginePorts,
} from '../adapters/temporal/engine.js';
import type { Progress } from '../adapters/temporal/source.js';
import { errorCode, errorMessage } from '../domain/errors.js';
import { distDirectory } from './dist-paths.js';
import { keepAlive, type Keeper } from './keeper.js';
import type { Restart } from './lifecycle-journal.js';
import { endOrphans } from './orphans.js';
import { openChildLog } from './log.js';
import { createSignpost } from './signpost.js';

export interface EngineChildOptions {
  readonly stateDir: string;
  readonly wanted: EnginePorts;
  /** Where the web UI has payloads decoded; null: nowhere. */
  readonly uiCodec: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly progress: Progress;
  readonly changed: () => void;
  readonly restarted: (restart: Restart) => void;
  /** The ports had to change after a restart. */
  readonly moved: () => void;
  /** No program at all: there is no point in trying again. */
  readonly fatal: (error: unknown) => void;
}

export interface EngineChild {
  readonly keeper: Keeper;
  /** host:port */
  address(): string;
  ui(): string;
  /** Settles with the address when the server serves there; after a restart again. */
  serving(): Promise<string>;
  /** To be called when it has served: from then on its database is worth keeping. */
  served(): void;
}

/** Milliseconds that a restarted engine waits for its old ports. */
const PORT_PATIENCE_MS = 3000;

/** Ends what an earlier supervisor left, chooses ports, and keeps the embedded server running on them. */
export async function startEngineChild(options: EngineChildOptions): Promise<EngineChild> {
  const { stateDir, wanted, env, say } = options;
  const orphans = await endOrphans(['start-dev', databasePath(stateDir)]);
  await endOrphans(['start-dev', scratchOf(databasePath(stateDir))]);
  if (orphans.length > 0) say(`ended a Temporal server that was left over (process ${orphans.join(', ')})`);
  let ports = await chooseEnginePorts(wanted);
  tellPorts(wanted, ports, say);
  const log = openChildLog(stateDir, 'temporal');
  const pourMain = join(distDirectory(), 'adapters', 'temporal', 'pour-main.js');
  let program: Program | null = null;
  let first = true;
  const signpost = createSignpost();
  const keeper = keepAlive({
    name: 'Temporal',
    say,
    changed: options.changed,
    restarted: options.restarted,
    ask: (child) => child.kill('SIGTERM'),
    hopeless(error) {
      const code = errorCode(error);
      if (code !== 'ENGINE_UNAVAILABLE' && code !== 'ENGINE_DATABASE') return false;
      options.fatal(error);
      return true;
    },
    async start(signal) {
      const atLeast = await oldestFor(stateDir);
      program ??= await resolveProgram({ env, progress: options.progress, signal, atLeast });
      const { path, version } = program;
      const note = await prepareDatabase(stateDir, version, (database, copy) => {
        say(`converting Temporal's database for version ${version}`);
        const make = (empty: string) => makeEmpty(empty, { program: path, version, log, signal });
        const pour = (old: string, fresh: string) => pourApart(pourMain, { old, fresh, signal });
        return convertDatabase({ database, copy, make, pour });
      });
      if (note !== null) say(noteLine(note, version));
      const before = ports;
      ports = first ? ports : await keepEnginePorts(before, PORT_PATIENCE_MS);
      first = false;
      if (ports.port !== before.port || ports.uiPort !== before.uiPort) {
        tellPorts(before, ports, say);
        options.moved();
      }
      const address = engineAddress(ports);
      const serving = () => signpost.set(address);
      const command = engineCommand(stateDir, ports, { version, uiCodec: options.uiCodec });
      const child = spawnEngine(path, command, log, serving, env);
      // The next one has to say for itself that it serves.
      child.once('exit', () => signpost.clear());
      return child;
    },
  });
  return {
    keeper,
    address: () => engineAddress(ports),
    ui: () => engineUi(ports),
    serving: () => signpost.read(),
    served() {
      if (program === null) return;
      databaseServed(stateDir, program.version).catch((error: unknown) => say(errorMessage(error)));
    },
  };
}

function tellPorts(wanted: EnginePorts, got: EnginePorts, say: (line: string) => void): void {
  if (got.port !== wanted.port) say(`port ${wanted.port} is taken; Temporal is on port ${got.port}`);
  if (got.uiPort !== wanted.uiPort)
    say(`port ${wanted.uiPort} is taken; Temporal's web UI is on port ${got.uiPort}`);
}

function noteLine(note: DatabaseNote, version: string): string {
  return note.kind === 'copied'
    ? `Temporal is ${version} now; its database, written by ${note.from}, is kept as ${note.copy}`
    : `Temporal's database was never finished and is set up anew; the old one is ${note.aside}`;
}

// A new configuration in a running control plane: checked as a whole before anything changes, then the front at once, then the worker.
// What cannot be carried leaves the one before in force.
import { tlsFingerprint } from '../adapters/temporal/tls-files.js';
import { configuredTarget } from '../adapters/temporal/target.js';
import { changesOf, type Change } from '../config/changes.js';
import { configDigest } from '../config/digest.js';
import { holdBack, isHeld } from '../config/hold-back.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import { writeReload, type ReloadFile } from './reload-file.js';

export interface ReloadPorts {
  /** Reads the files anew. `pins`: variables that go before them. Throws NxsError CONFIG_INVALID. */
  load(pins?: Readonly<Record<string, string>>): Promise<Config>;
  /** Opens the front's parts for it; nothing is in force until the answer is called, which must not fail. */
  prepare(config: Config): Promise<() => void>;
  /** Starts the worker anew, in good order. */
  renewWorker(): void;
  readonly say: (line: string) => void;
  /** For the journal. */
  readonly told: (reload: ReloadFile) => void;
}

export interface Reloader {
  readonly config: () => Config;
  /** When the files were read whose content is in force, ISO. */
  readonly since: () => string;
  /** One at a time; a call meanwhile is another one after it. Never rejects. */
  reload(): Promise<ReloadFile>;
  /** The worker polls. */
  workerReady(): void;
  /** The worker cannot run with what it was given, and never will. */
  workerFailed(message: string): void;
  /** The TLS files are other ones than the worker read: it is started anew. Never rejects. */
  checkCertificates(): Promise<void>;
}

interface Pending {
  readonly before: Config;
  readonly since: string;
  readonly reload: ReloadFile;
}

export function openReloader(first: Config, started: string, ports: ReloadPorts): Reloader {
  const { say } = ports;
  let config = first;
  let since = started;
  let pending: Pending | null = null;
  let certificates = fingerprint(first).catch(() => null);
  let turn: Promise<unknown> = Promise.resolve();
  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  async function keep(reload: ReloadFile): Promise<ReloadFile> {
    await writeReload(first.stateDir, reload).catch((error: unknown) =>
      say(`reload.json could not be written: ${errorMessage(error)}`),
    );
    return reload;
  }

  async function once(): Promise<ReloadFile> {
    const began = new Date().toISOString();
    const before = configDigest(config);
    const base = { began, before, digest: before, changed: [], restart: [], warnings: [], problem: null };
    try {
      const { next, all } = await read();
      const print = await fingerprint(next);
      const renewed = print !== (await certificates);
      const held = all.filter((change) => isHeld(change, all));
      const changed = all.filter((change) => !held.includes(change));
      const texts = { changed: changed.map(textOf), restart: held.map(textOf), warnings: next.warnings };
      if (renewed) texts.changed.push('the TLS files of temporal.tls');
      const enter = texts.changed.length === 0 ? null : await ports.prepare(next);
      if (enter === null) {
        since = began;
        tell('nothing has changed', texts.restart);
        return await keep({ ...base, ...texts, state: 'unchanged' });
      }
      const last = { before: config, since };
      enter();
      config = next;
      since = began;
      certificates = Promise.resolve(print);
      const worker = renewed || changed.some(({ file }) => file !== 'resilience-dashboard');
      const digest = configDigest(next);
      const reload: ReloadFile = { ...base, ...texts, digest, state: worker ? 'applied' : 'in_force' };
      pending = worker ? { ...last, reload } : null;
      tell(`another configuration is in force: ${texts.changed.join(', ')}`, texts.restart);
      ports.told(reload);
      // The file first: a worker that is back at once must not be overwritten by it.
      await keep(reload);
      if (worker) ports.renewWorker();
      return reload;
    } catch (error) {
      const problem = redactText(errorMessage(error), secretsOf(config));
      say(`the new configuration is refused, the one before stays: ${problem}`);
      return keep({ ...base, state: 'refused', problem });
    }
  }

  /** Node and directories are fixed at the start; what the files say of them is told, and the rest is filled with the old ones. */
  async function read(): Promise<{ readonly next: Config; readonly all: readonly Change[] }> {
    const wanted = await ports.load();
    const all = changesOf(config, wanted);
    const moved = wanted.node !== config.node || wanted.dataDir !== config.dataDir;
    const pins = { NXS_NODE: config.node, NXS_DATA_DIR: config.dataDir, NXS_STATE_DIR: config.stateDir };
    const filled = moved ? await ports.load(pins) : wanted;
    return { next: holdBack(config, filled, all), all };
  }

  function tell(sentence: string, restart: readonly string[]): void {
    const waits = restart.length === 0 ? '' : `; these wait for a restart: ${restart.join(', ')}`;
    say(`${sentence}${waits}`);
  }

  async function rollBack(message: string): Promise<void> {
    if (pending === null) return;
    const { before, since: earlier, reload } = pending;
    pending = null;
    try {
      (await ports.prepare(before))();
    } catch (error) {
      say(`the configuration of before cannot be opened any more: ${errorMessage(error)}`);
      return;
    }
    config = before;
    since = earlier;
    certificates = fingerprint(before).catch(() => null);
    const problem = redactText(message, secretsOf(before));
    say(`the worker cannot run with the new configuration, the one before is in force again: ${problem}`);
    const back: ReloadFile = { ...reload, state: 'rolled_back', digest: reload.before, problem };
    ports.told(back);
    await keep(back);
  }

  return {
    config: () => config,
    since: () => since,
    reload: () => queue(once),
    workerReady() {
      const { reload } = pending ?? {};
      pending = null;
      if (reload !== undefined) void queue(() => keep({ ...reload, state: 'in_force' }));
    },
    workerFailed: (message) => void queue(() => rollBack(message)),
    checkCertificates: () =>
      queue(async () => {
        const print = await fingerprint(config).catch(() => null);
        if (print === null || print === (await certificates)) return;
        certificates = Promise.resolve(print);
        say('the TLS files for Temporal were renewed: the worker is started anew with them');
        ports.renewWorker();
      }),
  };
}

function fingerprint({ nxs }: Config): Promise<string | null> {
  return tlsFingerprint(configuredTarget(nxs.temporal));
}

function textOf({ file, path, how }: Change): string {
  return `${file}.yaml: ${path} (${how})`;
}

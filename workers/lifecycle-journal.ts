// What happened to the processes themselves, for uptime and recovery times later. A journal that cannot be written must
// never keep the control plane from running.
import { join } from 'node:path';
import { openJournal } from '../adapters/journal/append.js';
import { errorMessage } from '../domain/errors.js';
import type { NewEvent } from '../domain/journal.js';
import type { Logger } from './log.js';
import type { ReloadFile } from './reload-file.js';

/** More changed keys than this no event lists. */
const MOST_KEYS = 100;

export interface Restart {
  readonly pid: number;
  /** How often since the control plane came up. */
  readonly restarts: number;
  /** How the one before ended. */
  readonly reason: string;
}

export interface LifecycleJournal {
  started(facts: { readonly version: string; readonly http: string }): void;
  restarted(child: 'worker' | 'engine', restart: Restart): void;
  stopped(reason: string): void;
  reloaded(reload: Pick<ReloadFile, 'state' | 'began' | 'before' | 'digest' | 'changed' | 'restart'>): void;
  /** Waits until all of it is on the disk. */
  close(): Promise<void>;
}

/** `started` is when this control plane came up (ISO); it makes the event ids its own. */
export function openLifecycleJournal(
  settings: { readonly stateDir: string; readonly node: string; readonly started: string },
  log: Logger,
): LifecycleJournal {
  const { stateDir, node, started } = settings;
  const journal = openJournal({ dir: join(stateDir, 'journal'), node });
  const { pid } = process;
  let last = Promise.resolve();
  const write = (event: NewEvent): void => {
    last = last
      .then(async () => {
        await journal.append([event]);
      })
      .catch((error: unknown) =>
        log.error({ reason: errorMessage(error) }, 'the journal could not be written'),
      );
  };
  const id = (what: string): string => `control-plane/${started}/${what}`;
  return {
    started({ version, http }) {
      write({ id: id('started'), type: 'control-plane.started', data: { pid, version, http } });
    },
    restarted(child, restart) {
      const event = { id: id(`${child}-${String(restart.restarts)}`), data: { ...restart } };
      if (child === 'worker') write({ ...event, type: 'worker.restarted' });
      else write({ ...event, type: 'engine.restarted' });
    },
    stopped(reason) {
      write({ id: id('stopped'), type: 'control-plane.stopped', data: { pid, reason } });
    },
    reloaded({ state, began, before, digest: after, changed, restart }) {
      const outcome: 'rolled_back' | 'applied' = state === 'rolled_back' ? 'rolled_back' : 'applied';
      const keys = { changed: changed.slice(0, MOST_KEYS), restart: restart.slice(0, MOST_KEYS) };
      const data = { pid, outcome, before, after, ...keys };
      write({ id: id(`config-${began}-${outcome}`), type: 'config.reloaded', data });
    },
    close: () => last,
  };
}

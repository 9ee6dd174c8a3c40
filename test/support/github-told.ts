// What people are told: the product's own memory of incidents in front of a channel that only listens.
import { join } from 'node:path';
import { openNotifier } from '../../adapters/notify/dispatcher.js';
import { openNotifyStore } from '../../adapters/notify/store.js';
import type { BackupPorts } from '../../activities/backup/ports.js';
import type { Config } from '../../config/types.js';
import type { NewEvent } from '../../domain/journal.js';
import type { Message } from '../../domain/notify/message.js';
import { freshPorts } from './e2e-plain.js';

export interface Listener {
  /** As a process that has just begun has them, with this listener as its only channel. */
  ports(): BackupPorts;
  /** Messages so far. */
  readonly told: readonly Message[];
  /** Journal events so far. */
  readonly events: readonly NewEvent[];
  /** Kinds of the messages of one incident, in order. */
  kindsOf(incident: string): readonly string[];
}

export function listenTo(config: Config): Listener {
  const told: Message[] = [];
  const events: NewEvent[] = [];
  const fail = (problem: unknown): never => {
    throw new Error(`a notification failed: ${JSON.stringify(problem)}`);
  };
  const notifier = openNotifier({
    store: openNotifyStore(join(config.stateDir, 'notify.json'), fail),
    channels: [
      {
        channel: {
          ...{ name: 'ear', kind: 'command', limit: 1_000, secrets: [] },
          deliver(message) {
            told.push(message);
            return Promise.resolve({ ok: true });
          },
        },
        rules: { name: 'ear', minLevel: 'info', remindAfter: 86_400_000, maxPerHour: null },
      },
    ],
    log: { info: () => undefined, warn: fail },
    journal: () => Promise.resolve(),
    scrub: (text) => text,
  });
  return {
    ports: () => ({
      ...freshPorts(config),
      notify: (notice) => notifier.notify(notice),
      journal(event) {
        events.push(event);
        return Promise.resolve();
      },
    }),
    told,
    events,
    kindsOf: (incident) => told.filter((each) => each.incident === incident).map(({ kind }) => kind),
  };
}

// Ports of healing as a test sees them: what was journalled, told and run; the clock and the looks are the test's.
import { createHash } from 'node:crypto';
import type { HealingPorts } from '../../../../activities/healing/ports.js';
import type { Task } from '../../../../activities/task.js';
import { pastOf } from '../../../../domain/healing/past.js';
import type { Order, ServiceReading } from '../../../../domain/healing/ports.js';
import type { HealingRules } from '../../../../domain/healing/rules.js';
import type { NewEvent } from '../../../../domain/journal.js';
import type { Notice } from '../../../../domain/notify/notice.js';

export interface Stage {
  readonly ports: HealingPorts;
  readonly events: NewEvent[];
  readonly notices: Notice[];
  readonly orders: Order[];
  readonly task: Task;
  /** ms; moves when something waits. */
  clock: { now: number };
  /** What the next looks at services see. */
  look: ServiceReading;
}

const WELL: ServiceReading = { state: 'good', detail: 'it answers', value: null, instance: null };

export function stageOf(rules: HealingRules, more: Partial<HealingPorts> = {}): Stage {
  const events: NewEvent[] = [];
  const notices: Notice[] = [];
  const orders: Order[] = [];
  const clock = { now: 1_000_000 };
  const signal = new AbortController().signal;
  const well = { state: 'good', detail: '', value: 0 } as const;
  const ports: HealingPorts = {
    node: 'home',
    rules,
    host: {
      memory: () => Promise.resolve({ memory: well, pressure: null, swap: null, load: null }),
      disks: () => Promise.resolve([]),
      probe: () => Promise.resolve(stage.look),
    },
    shell: {
      carryOut(order) {
        orders.push(order);
        return Promise.resolve({ state: 'done', steps: [] });
      },
      prune: () => Promise.resolve(),
    },
    caches: { clear: () => Promise.resolve({ files: 0, bytes: 0, problems: [] }) },
    disks: [],
    providers: {
      look: () => Promise.resolve({ reading: null, other: false }),
      switchToBackup: () => Promise.resolve('other'),
    },
    vitals: () => Promise.resolve(well),
    integrity: () => Promise.resolve({ ...well, paths: [] }),
    integrityOf: () => Promise.resolve({ ...well, paths: [] }),
    restorable: () => Promise.resolve(true),
    busy: () => Promise.resolve(null),
    past: () =>
      Promise.resolve(
        pastOf(
          events.map(({ type, data }) => ({ type, data, at: new Date(clock.now).toISOString() })),
          clock.now,
        ),
      ),
    isRunning: () => Promise.resolve(true),
    restartControlPlane: { command: { kind: 'argv', argv: ['restart'] }, timeout: 1 },
    alone: (work) => work(),
    journal(event) {
      if (!events.some(({ id }) => id === event.id)) events.push(event);
      return Promise.resolve();
    },
    notify(notice) {
      notices.push(notice);
      return Promise.resolve();
    },
    howToAnswer: () => ['nxs approve …'],
    noted: () => Promise.resolve(),
    signalTimes: () => Promise.resolve([]),
    checkSignature: () => 'none',
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    scrub: (text) => text.replaceAll('s3cret', '***'),
    now: () => clock.now,
    wait(ms) {
      clock.now += ms;
      return Promise.resolve();
    },
    stopping: signal,
    ...more,
  };
  const stage: Stage = {
    ports,
    events,
    notices,
    orders,
    clock,
    task: { progress: () => undefined, signal },
    look: WELL,
  };
  return stage;
}

// Looks at the providers for as long as nothing changes. Each look goes to the front at once; Temporal hears of it only when a
// provider's health is another one than before, so that an idle night writes no history.
import type { MonitorInput } from '../contracts.js';
import type { Task } from '../backup/ports.js';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { NamedReading } from '../../domain/failover/manager.js';
import { nextLook, probeTimeout } from '../../domain/failover/monitor-rhythm.js';
import type { ProviderRules } from '../../domain/failover/provider.js';
import { joined } from './joined.js';
import type { FailoverPorts } from './ports.js';

/** How soon a breaker that has opened meanwhile is noticed, ms. Only our own front is asked. */
const NOTICE = 2_000;
/** After the first change, looks that are under way may add theirs: one return instead of several, ms. */
const GATHER = 250;

/** Resolves with the readings that differ from `known`. Throws NxsError CANCELLED when it is ended before. */
export async function monitorProviders(
  ports: FailoverPorts,
  input: MonitorInput,
  task: Task,
  replaced: CancelSignal,
): Promise<{ readonly readings: readonly NamedReading[] }> {
  const over = joined([task.signal, ports.stopping, replaced]);
  const changed = new Map<string, NamedReading>();
  const report = (seen: NamedReading) => {
    if (seen.reading.state === input.known[seen.name] && !changed.has(seen.name)) return;
    if (changed.size === 0) void ports.wait(GATHER, over.signal).then(() => over.end());
    changed.set(seen.name, seen);
  };
  const watched = ports.providers.filter(({ name }) => input.names.includes(name));
  try {
    await Promise.all(watched.map((provider) => watch(ports, provider, over.signal, report)));
    if (watched.length === 0) await ports.wait(86_400_000, over.signal);
  } finally {
    over.release();
  }
  if (changed.size > 0) return { readings: [...changed.values()] };
  throw new NxsError('CANCELLED', 'The monitor was ended.');
}

async function watch(
  ports: FailoverPorts,
  provider: ProviderRules,
  over: AbortSignal,
  report: (seen: NamedReading) => void,
): Promise<void> {
  const { name, timeout } = provider;
  // A function, since it changes behind every await.
  const goesOn = () => !over.aborted;
  while (goesOn()) {
    const reading = await ports.probe(name, probeTimeout(timeout), over);
    if (!goesOn()) return;
    await ports.front.looked([{ name, reading }]);
    report({ name, reading });
    const began = ports.now();
    const random = ports.random();
    const due = (trouble: boolean) =>
      began + nextLook(trouble || reading.state === 'bad', random) - ports.now();
    for (let left = due(false); left > 0 && goesOn();) {
      await ports.wait(Math.min(left, NOTICE), over);
      left = due((await ports.front.troubled()).has(name));
    }
  }
}

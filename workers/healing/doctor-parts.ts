// What the doctor asks of our own processes: the providers as the front has them, event loop, engine and gateway.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Client } from '@temporalio/client';
import type { HealingPorts, ProviderLook } from '../../activities/healing/ports.js';
import type { Host } from '../../domain/healing/ports.js';
import type { Reading } from '../../domain/healing/model.js';
import type { ProvidersView } from '../../gateway/view.js';
import { readRunFile } from '../run-file.js';

/** ms: an event loop that is held up longer does no work in time. */
const LAG_LIMIT = 2_000;
/** Percent of 10 s in which everything stood still for want of memory. */
const PRESSURE_LIMIT = 40;
/** ms */
const PATIENCE = 2_000;

/**
 * The one that policy asks first is out, and nobody has switched. Only those count that have answered here before: a default that
 * was never installed is no failure.
 */
export function lookAtProviders(
  { providers, switch: current }: ProvidersView,
  answered: (name: string) => boolean,
): ProviderLook {
  const usable = providers.filter(({ state, name }) => state !== 'not_configured' && answered(name));
  const [primary] = [...usable].sort((a, b) => a.priority - b.priority);
  const others = usable.filter((each) => each.name !== primary?.name && each.state === 'closed');
  const answering = others.filter(({ health }) => health === null || health.state !== 'bad');
  const other = answering.length > 0;
  if (primary === undefined) return { other, reading: null };
  const out = usable.filter(({ state }) => state === 'open').length;
  const switched = current === null ? undefined : providers.find(({ name }) => name === current.to);
  const first = switched ?? primary;
  const isOut = first.state === 'open';
  const detail = isOut
    ? `${first.name} is out${first.reason === null ? '' : ` (${first.reason})`}`
    : `${first.name} is asked first`;
  return { other, reading: { state: isOut ? 'bad' : 'good', detail, value: out } };
}

/** Event loop, engine, gateway and memory pressure; one that stands still is bad. */
export function openVitals(parts: {
  readonly stateDir: string;
  readonly host: Host;
  readonly client: () => Client | null;
}): { readonly look: HealingPorts['vitals']; readonly close: () => void } {
  const loop = monitorEventLoopDelay({ resolution: 100 });
  loop.enable();
  return {
    async look() {
      const lag = Math.round(loop.max / 1e6);
      loop.reset();
      const [engine, gateway, { pressure }] = await Promise.all([
        engineAnswers(parts.client()),
        gatewayAnswers(parts.stateDir),
        parts.host.memory(),
      ]);
      const wrong = [
        ...(lag > LAG_LIMIT ? [`the worker's event loop stood still for ${String(lag)} ms`] : []),
        ...(engine ? [] : ['Temporal does not answer']),
        ...(gateway ? [] : ['the gateway does not answer']),
        ...((pressure ?? 0) > PRESSURE_LIMIT
          ? [`everything stood still for want of memory in ${String(pressure)} % of 10 s`]
          : []),
      ];
      return reading(wrong, lag);
    },
    close: () => loop.disable(),
  };
}

function reading(wrong: readonly string[], lag: number): Reading {
  if (wrong.length > 0) return { state: 'bad', detail: wrong.join('; '), value: lag };
  return {
    state: 'good',
    detail: `event loop, Temporal and gateway answer (lag ${String(lag)} ms)`,
    value: lag,
  };
}

async function engineAnswers(client: Client | null): Promise<boolean> {
  if (client === null) return true;
  try {
    await client.withDeadline(Date.now() + PATIENCE, () =>
      client.connection.workflowService.getSystemInfo({}),
    );
    return true;
  } catch {
    return false;
  }
}

async function gatewayAnswers(stateDir: string): Promise<boolean> {
  const run = await readRunFile(stateDir);
  if (run === null) return true;
  try {
    const reply = await fetch(`${run.http}/healthz`, { signal: AbortSignal.timeout(PATIENCE) });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}

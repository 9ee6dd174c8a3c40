// The failover capability of the worker: its ports, made from the config.
import type { FailoverPorts, KeptAnswer } from '../../activities/failover/ports.js';
import { openClaimCheck } from '../../adapters/files/claim-check.js';
import { probe } from '../../adapters/llm/probe.js';
import { openWire } from '../../adapters/llm/wire.js';
import type { Config } from '../../config/types.js';
import { addressesOf, tracedUpstream } from '../../gateway/call/traced.js';
import { rosterOf } from '../../gateway/rules.js';
import { upstreamOf } from '../../gateway/upstream.js';
import { wait } from '../wait.js';
import type { WireContext } from '../worker-settings.js';
import { askProvider } from './worker-ask.js';
import { frontPort } from './worker-front.js';

export interface WorkerFailover {
  readonly ports: FailoverPorts;
  close(): Promise<void>;
}

export function failoverParts(
  config: Config,
  { front, stopping, tracer = null }: WireContext,
): WorkerFailover {
  const roster = rosterOf(config);
  const { usable } = roster;
  const wire = openWire({ env: process.env });
  const endpoints = new Map(usable.map(({ endpoint }) => [endpoint.name, endpoint]));
  const plain = upstreamOf(wire, [...endpoints.values()]);
  const propagate = config.nxs.telemetry.traces?.propagate === true;
  const upstream =
    tracer === null
      ? plain
      : tracedUpstream(plain, { tracer, propagate, addresses: addressesOf(roster) }, () => tracer.current());
  const files = openClaimCheck(config.stateDir);
  return {
    ports: {
      providers: usable.map(({ rules }) => rules),
      front: frontPort(front),
      files: {
        request: async (ref) => (await files.request(ref)).body,
        answer: async (ref, number) => (await files.answer(ref, number)) as KeptAnswer | null,
        keep: (ref, number, kept) => files.keep(ref, number, kept),
      },
      ask: (call) => askProvider(upstream, call),
      async probe(name, timeoutMs) {
        const endpoint = endpoints.get(name);
        if (endpoint === undefined) return { state: 'unknown', detail: 'not configured', at: Date.now() };
        const { state, detail } = await probe(wire, endpoint, timeoutMs);
        return { state, detail, at: Date.now() };
      },
      stopping,
      now: () => Date.now(),
      random: () => Math.random(),
      wait,
    },
    close: () => wire.close(),
  };
}

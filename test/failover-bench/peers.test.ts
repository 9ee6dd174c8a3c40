// Faults made by programs that we did not write, so that our servers and our gateway cannot share a mistake. Each row is a
// fault of the table with somebody else's server as the primary.
import { describe, expect, it } from 'vitest';
import { findPeers, type PeerName } from '../support/llm-peers.js';
import type { Upstream } from '../support/llm-upstream.js';
import { startAimock } from './support/aimock.js';
import { CATALOGUE } from './support/catalogue.js';
import { gatewaySystem } from './support/gateway-system.js';
import { openLlmock } from './support/llmock.js';
import { MODELS, runScenario } from './support/runner.js';
import type { Scale } from './support/scenario.js';
import { openToxic } from './support/toxic.js';

const SCALE = 0.1;
const MODEL = MODELS.primary;
type Primary = (scale: Scale, path: string) => Promise<Upstream>;

const DOWN = { status: 503, message: 'The server is overloaded or not ready yet.' };
const TOO_LONG = {
  status: 400,
  message: "This model's maximum context length is 8192 tokens.",
  code: 'context_length_exceeded',
};
const REFUSED = {
  status: 400,
  message: 'Your request was rejected by our content policy.',
  code: 'content_policy_violation',
};

const AIMOCK: Readonly<Record<string, Primary>> = {
  S03: () => startAimock(MODEL, { once: { status: 500, message: 'The server had an error.' } }),
  S04: () => startAimock(MODEL, { always: DOWN }),
  S08: () => startAimock(MODEL, { options: { truncateAfterChunks: 40 } }),
  S12: () => startAimock(MODEL, { always: TOO_LONG }),
  S13: () => startAimock(MODEL, { always: REFUSED }),
  S16: () => startAimock(MODEL, { always: DOWN }),
};

const LLMOCK: Readonly<Record<string, Primary>> = {
  S01: (_scale, path) => openLlmock(path, MODEL, { type: 'fail', status: 429, retry_after: 2 }),
  S02: (_scale, path) => openLlmock(path, MODEL, { type: 'fail', status: 429, times: null }),
  S03: (_scale, path) => openLlmock(path, MODEL, { type: 'fail', status: 500 }),
  S08: (_scale, path) =>
    openLlmock(path, MODEL, { type: 'stream_fault', kind: 'disconnect', after_chunks: 40, times: null }),
  S09: (scale, path) =>
    openLlmock(path, MODEL, {
      type: 'stream_fault',
      kind: 'stall',
      after_chunks: 20,
      stall_seconds: scale(35_000) / 1000,
    }),
  S10: (_scale, path) =>
    openLlmock(path, MODEL, { type: 'stream_fault', kind: 'malformed', after_chunks: 9 }),
  S14: (_scale, path) =>
    openLlmock(path, MODEL, { type: 'stream_fault', kind: 'truncate', after_chunks: 40, times: null }),
};

const TOXIPROXY: Readonly<Record<string, Primary>> = {
  S05: (_scale, path) => openToxic(path, MODEL, { type: 'reset_peer', attributes: { timeout: 0 } }),
  S06: (_scale, path) => openToxic(path, MODEL, { type: 'timeout', attributes: { timeout: 0 } }),
  S07: (scale, path) => openToxic(path, MODEL, { type: 'latency', attributes: { latency: scale(20_000) } }),
  S08: (_scale, path) => openToxic(path, MODEL, { type: 'limit_data', attributes: { bytes: 6000 } }),
};

const GROUPS: readonly (readonly [string, PeerName | null, Readonly<Record<string, Primary>>])[] = [
  ['aimock', null, AIMOCK],
  ['llmock', 'python', LLMOCK],
  ['toxiproxy', 'toxiproxy', TOXIPROXY],
];

describe.each(GROUPS)('a stream with mid_stream: continue passes faults of %s', (_name, peer, rows) => {
  it.concurrent.for(Object.entries(rows))('%s', { timeout: 90_000 }, async ([id, open], { skip }) => {
    const found = peer === null ? { path: '' } : (await findPeers())[peer];
    if ('reason' in found) return skip(found.reason);
    const scenario = CATALOGUE.find((each) => each.id === id);
    if (scenario === undefined) throw new Error(`no such scenario: ${id}`);
    const { verdict, reasons, run } = await runScenario(scenario, {
      start: gatewaySystem('continue'),
      scale: SCALE,
      stream: true,
      primary: (scale) => open(scale, found.path),
    });
    expect(run.primary.length).toBeGreaterThan(0);
    expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
  });
});

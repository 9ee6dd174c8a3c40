// Those who look: the page and its stream, scrapers, status and KPIs. What they are told is not judged here; that they are many and come
// and go is what a server has to live with.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakNode } from '../world/node.js';

export interface LookedOn {
  answers: number;
  /** No answer, or a 5xx other than of `/readyz`. */
  failures: number;
  streams: number;
  /** Of the streams. */
  bytes: number;
}

const PATHS = [
  '/',
  '/metrics',
  '/api/status',
  '/api/kpi',
  '/api/incidents',
  '/api/providers',
  '/healthz',
  '/readyz',
];
const EVERY_MS = 2_500;
const STREAM_MS = 20_000;

export async function keepLooking(
  node: SoakNode,
  random: () => number,
  over: AbortSignal,
): Promise<LookedOn> {
  const counts: LookedOn = { answers: 0, failures: 0, streams: 0, bytes: 0 };
  await Promise.all([pages(node, random, over, counts), streams(node, random, over, counts)]);
  return counts;
}

async function pages(
  { plane }: SoakNode,
  random: () => number,
  over: AbortSignal,
  counts: LookedOn,
): Promise<void> {
  const pause = () => EVERY_MS * (0.4 + 1.2 * random());
  await again(over, pause, async () => {
    const path = PATHS[Math.floor(random() * PATHS.length)] ?? '/';
    try {
      const response = await fetch(plane.http + path, { signal: AbortSignal.timeout(15_000) });
      await response.arrayBuffer();
      if (response.status >= 500 && path !== '/readyz') counts.failures += 1;
      else counts.answers += 1;
    } catch {
      counts.failures += 1;
    }
  });
}

/** A tab that is open for a while, again and again; it goes without a word. */
async function streams(
  { plane }: SoakNode,
  random: () => number,
  over: AbortSignal,
  counts: LookedOn,
): Promise<void> {
  const pause = () => 500 + 3_000 * random();
  await again(over, pause, async () => {
    const limit = AbortSignal.any([over, AbortSignal.timeout(Math.round(2_000 + STREAM_MS * random()))]);
    try {
      const response = await fetch(`${plane.http}/dashboard/events?window=24h`, { signal: limit });
      counts.streams += 1;
      for await (const chunk of response.body ?? []) counts.bytes += (chunk as Uint8Array).length;
    } catch {
      // Closed by us, or the front went away.
    }
  });
}

/** With a pause of so many ms after each time, until it is over. */
async function again(over: AbortSignal, pause: () => number, work: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    await work();
    await sleep(pause(), undefined, { signal: over }).catch(() => undefined);
  }
}

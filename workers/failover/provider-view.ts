// What the providers are like now: the running front knows; without one, the configuration and the snapshot that the last
// front left tell what will hold when it starts.
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from '../../config/types.js';
import { openDesk } from '../../gateway/desk.js';
import { viewProviders } from '../../gateway/providers-view.js';
import { rosterOf } from '../../gateway/rules.js';
import type { ProvidersView, ProviderView } from '../../gateway/view.js';
import { askFront } from '../front-client.js';
import { readSnapshot, snapshotPath } from './snapshot-file.js';

export interface ProviderReport {
  /** The front itself said it. */
  readonly running: boolean;
  /** When this was true, ISO 8601; null: nothing was ever kept, it is the configuration alone. */
  readonly as_of: string | null;
  readonly view: ProvidersView;
}

/** Only what a reader of another version must be able to rely on. */
const looksLikeView = z.looseObject({
  switch: z.looseObject({ to: z.string() }).nullable(),
  providers: z.array(z.looseObject({ name: z.string(), state: z.string() })),
});

/** `notice` hears of a damaged snapshot. Never rejects. */
export async function readProviders(
  config: Config,
  now: number,
  notice: (sentence: string) => void,
): Promise<ProviderReport> {
  const reply = await askFront(config, '/api/providers');
  if (reply.kind === 'answer' && reply.status === 200 && looksLikeView.safeParse(reply.body).success) {
    const view = reply.body as unknown as ProvidersView;
    return { running: true, as_of: new Date(now).toISOString(), view };
  }
  const desk = openDesk({ roster: rosterOf(config), now: () => now });
  const kept = await readSnapshot(config.stateDir, notice);
  if (kept !== null) desk.restore(kept);
  const written = kept === null ? null : await stat(snapshotPath(config.stateDir)).catch(() => null);
  return { running: false, as_of: written?.mtime.toISOString() ?? null, view: viewProviders(desk, now) };
}

/**
 * True when a call made now would be let in there: closed, on trial, or open for long enough. While the health monitor
 * finds it gone, no trial is given.
 */
export function canAnswer(provider: ProviderView, now: number): boolean {
  const { state, open_until: open, cooling_until: cooling, health } = provider;
  if (state === 'not_configured' || (cooling !== null && Date.parse(cooling) > now)) return false;
  if (state === 'closed') return true;
  return health?.state !== 'bad' && (state !== 'open' || (open !== null && Date.parse(open) <= now));
}

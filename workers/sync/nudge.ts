// Nodes tell each other that there is something new: no content travels, only the hint to look at the hub. A node that hears
// none finds out by its own look (sync.poll) or by the schedule.
import { openNet } from '../../adapters/net/fetch.js';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { Logger } from '../log.js';

export const NUDGE_PATH = '/api/sync/nudge';

/** A peer is in the same network, or it is off: ms. */
const PATIENCE = 3_000;

export interface Nudger {
  nudge(): void;
  close(): Promise<void>;
}

/** Tells the peers of nxs.yaml, with this node's http.token: peers of one fleet share it. */
export function openNudger({ nxs }: Config, log: Logger): Nudger {
  const { peers } = nxs.sync;
  const token = nxs.http.token ?? '';
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
  if (peers.length === 0) return { nudge: () => undefined, close: () => Promise.resolve() };
  const net = openNet({ env: process.env, silence: PATIENCE });
  return {
    nudge() {
      for (const peer of peers) {
        const url = `${peer.replace(/\/+$/, '')}${NUDGE_PATH}`;
        const signal = AbortSignal.timeout(PATIENCE);
        net.fetch(url, { method: 'POST', headers, signal, redirect: 'manual' }).then(
          (reply) => {
            if (reply.status >= 300) log.warn({ peer, status: reply.status }, 'a peer did not take a nudge');
          },
          (error: unknown) =>
            log.debug(
              { peer, reason: errorMessage(error) },
              'a peer was not reached; it finds out by itself',
            ),
        );
      }
    },
    close: () => net.close(),
  };
}

// The GitHub peer behind toxiproxy. Redirects (archives, renamed repositories) lead through it as well, because the peer
// names the host that it was asked as.
import type { GithubPeer } from './github-peer.js';
import { openToxicProxy, type Toxic, type ToxicProxy } from './toxic.js';

/** What can be done to a connection; bytes count from its start, so that `cut` strikes within large answers. */
export const TOXICS = {
  reset: { type: 'reset_peer', attributes: { timeout: 0 } },
  blackHole: { type: 'timeout', attributes: { timeout: 0 } },
  cut: (bytes: number): Toxic => ({ type: 'limit_data', attributes: { bytes } }),
  slow: (latency: number): Toxic => ({ type: 'latency', attributes: { latency } }),
  narrow: (rate: number): Toxic => ({ type: 'bandwidth', attributes: { rate } }),
} as const satisfies Record<string, Toxic | ((amount: number) => Toxic)>;

/** @param program path of toxiproxy's server, from `findPeers` */
export function openToxicGithub(program: string, github: Pick<GithubPeer, 'url'>): Promise<ToxicProxy> {
  return openToxicProxy(program, github.url);
}

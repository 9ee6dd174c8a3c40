// When a Tailscale client is on this machine, it knows which of its peers are online: a hub on one that is off is "offline", which
// is nothing to mend.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

const PATIENCE = 3_000;

const statusSchema = z.object({
  Peer: z
    .record(
      z.string(),
      z.object({
        HostName: z.string(),
        DNSName: z.string().default(''),
        TailscaleIPs: z.array(z.string()).nullish(),
        Online: z.boolean().default(false),
        LastSeen: z.string().optional(),
      }),
    )
    .nullish(),
});

export interface TailnetPeer {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly online: boolean;
  /** ISO 8601; null: the client does not say. */
  readonly lastSeen: string | null;
}

/** Peers as `tailscale status` tells them; null when there is no client, or it does not run. Never throws. */
export async function tailnetPeers(): Promise<readonly TailnetPeer[] | null> {
  try {
    const { stdout } = await run('tailscale', ['status', '--json'], {
      timeout: PATIENCE,
      maxBuffer: 16 * 1024 * 1024,
    });
    const { Peer: peers } = statusSchema.parse(JSON.parse(stdout));
    return Object.values(peers ?? {}).map(({ HostName, DNSName, TailscaleIPs, Online, LastSeen }) => ({
      name: HostName,
      addresses: [DNSName.replace(/\.$/, ''), ...(TailscaleIPs ?? [])].filter((each) => each !== ''),
      online: Online,
      lastSeen: LastSeen === undefined || LastSeen.startsWith('0001') ? null : LastSeen,
    }));
  } catch {
    return null;
  }
}

/** The host of a remote; null: it is on this machine. */
export function hostOfRemote(remote: string): string | null {
  if (remote.startsWith('/') || /^file:/i.test(remote)) return null;
  if (URL.canParse(remote) && remote.includes('://')) return new URL(remote).hostname.replace(/^\[|\]$/g, '');
  return /^(?:[^@]+@)?([^:]+):/.exec(remote)?.[1] ?? null;
}

/** The peer that a remote is on; null: none of them. */
function peerOf(remote: string, peers: readonly TailnetPeer[]): TailnetPeer | null {
  const host = hostOfRemote(remote)?.toLowerCase();
  if (host === undefined) return null;
  const is = (name: string) => name.toLowerCase() === host || name.toLowerCase().split('.')[0] === host;
  return peers.find(({ name, addresses }) => is(name) || addresses.some(is)) ?? null;
}

/** Why a remote is out of reach, when the tailnet knows; else null. */
export async function explainOffline(remote: string | undefined): Promise<string | null> {
  if (remote === undefined || hostOfRemote(remote) === null) return null;
  const peer = peerOf(remote, (await tailnetPeers()) ?? []);
  if (peer === null || peer.online) return null;
  const seen = peer.lastSeen === null ? '' : ` since ${peer.lastSeen}`;
  return `the hub is on ${peer.name}, which is offline in the tailnet${seen}; changes wait here until it is back`;
}

// toxiproxy in front of any test server: what breaks is the connection itself, not what is said over it.
import { startToxiproxy } from './llm-peers.js';
import type { Peer } from './peer-process.js';

/** Works on what the server sends. `timeout: 0` of `timeout` and `reset_peer`: for ever, and at once. */
export interface Toxic {
  readonly type: 'reset_peer' | 'timeout' | 'latency' | 'limit_data' | 'bandwidth';
  /** ms, bytes, KB/s, as toxiproxy has it. */
  readonly attributes: Readonly<Record<string, number>>;
}

export interface ToxicProxy extends Peer {
  /** Replaces the toxic that there is; null: the connection is whole again. */
  infect(toxic: Toxic | null): Promise<void>;
  /** False: nobody listens, connections are refused. */
  listening(on: boolean): Promise<void>;
}

/** @param upstream base URL of the server; the proxy's own has the same path */
export async function openToxicProxy(program: string, upstream: string): Promise<ToxicProxy> {
  const control = await startToxiproxy(program);
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${control.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`toxiproxy: ${text}`);
    return text;
  };
  const target = new URL(upstream);
  const proxy = { name: 'server', listen: '127.0.0.1:0', upstream: target.host, enabled: true };
  const { listen } = JSON.parse(await ask('POST', '/proxies', proxy)) as { listen: string };
  let infected = false;
  return {
    url: `http://${listen}${target.pathname}`.replace(/\/$/, ''),
    async infect(toxic) {
      if (infected) await ask('DELETE', '/proxies/server/toxics/toxic');
      infected = toxic !== null;
      if (toxic === null) return;
      const body = { name: 'toxic', ...toxic, stream: 'downstream', toxicity: 1 };
      await ask('POST', '/proxies/server/toxics', body);
    },
    async listening(on) {
      await ask('POST', '/proxies/server', { ...proxy, listen, enabled: on });
    },
    close: () => control.close(),
  };
}

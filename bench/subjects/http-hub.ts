// A hub over http on loopback, and what a look at it and a push to it cost its machine.
import path from 'node:path';
import { childrenCpuMs } from '../measure/process-facts.js';
import { run } from '../measure/run.js';
import { launch } from './child-server.js';
import { builtBench } from './root.js';
import type { Scratch } from './scratch.js';

export interface HttpHub {
  readonly url: string;
  /** Time that git took for it so far, ms of a core. */
  spent(): number;
  /** Looks and fetches, and pushes, that began so far. */
  counts(): Promise<{ readonly reads: number; readonly pushes: number }>;
  stop(): Promise<void>;
}

export async function startHttpHub(scratch: Scratch): Promise<HttpHub> {
  const root = scratch.dir('http-hub');
  const inside = { cwd: root, env: scratch.env };
  await run('git', ['init', '-q', '--bare', '-b', 'main', 'hub.git'], inside);
  await run('git', ['-C', 'hub.git', 'config', 'http.receivepack', 'true'], inside);
  const home = (await run('git', ['--exec-path'], inside)).stdout.trim();
  const args = [builtBench('http-hub.js'), root, path.join(home, 'git-http-backend')];
  const server = await launch({ program: process.execPath, args, env: scratch.env, ready: '/counts' });
  return {
    url: `${server.url}/hub.git`,
    spent: () => childrenCpuMs(server.pid),
    counts: async () =>
      (await (await fetch(`${server.url}/counts`)).json()) as { reads: number; pushes: number },
    stop: () => server.stop(),
  };
}

/** ms of a core of the hub's machine. */
export interface HubCost {
  readonly read: number;
  readonly push: number;
}

/** So many looks, then so many pushes of one small file each, one after the other. */
export async function hubCost(scratch: Scratch, times: number): Promise<HubCost> {
  const hub = await startHttpHub(scratch);
  const dir = scratch.dir('hub-client');
  const shell = (script: string) => run('sh', ['-ec', script], { cwd: dir, env: scratch.env });
  const costs = async (script: string) => {
    const before = hub.spent();
    await shell(`i=0; while [ $i -lt ${times} ]; do i=$((i+1)); ${script}; done`);
    return (hub.spent() - before) / times;
  };
  try {
    await shell(`git clone -q ${hub.url} . 2>/dev/null`);
    const commit =
      'echo $i >> file && git add file && git commit -q -m change && git push -q origin HEAD:main';
    await shell(`i=0; ${commit}`);
    const read = await costs('git ls-remote -q origin refs/heads/main >/dev/null');
    return { read, push: await costs(commit) };
  } finally {
    await hub.stop();
  }
}

// GitHub as the tests have it, in a process of its own. What a run asked of it is counted there, not by us.
import { build, stop } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './child-server.js';
import { ourEnvironment } from './ours.js';
import { ROOT } from './root.js';
import type { Scratch } from './scratch.js';

export interface Asked {
  /** Without reads of blobs and archives. */
  readonly requests: number;
  /** Reads of blobs and archives. */
  readonly proving: number;
  /** Without the first one of an empty repository, which is made with its README. */
  readonly commits: number;
  /** Of the requests, those that make something: what GitHub calls content creation. */
  readonly writes: number;
}

export interface GithubServer {
  readonly url: string;
  readonly token: string;
  /** A new, empty, private repository of this name below OWNER. */
  createRepo(name: string): Promise<unknown>;
  /** The emulator looks through all that it holds, so what is done with goes. */
  deleteRepo(name: string): Promise<unknown>;
  /** Whether archives (tarballs) are offered. */
  archives(offered: boolean): Promise<unknown>;
  /** ms that each answer is held back. */
  latency(ms: number): Promise<unknown>;
  /** What was asked since the last call. */
  asked(): Promise<Asked>;
  /** What a commit holds, past every layer; null: the object is lost. */
  stored(name: string, commit: string): Promise<ReadonlyMap<string, Buffer | null>>;
  /** Of the branch main; null: there is none. */
  head(name: string): Promise<string | null>;
  /** Flips a stored byte, or takes the object away. */
  harm(how: 'rot' | 'lose', name: string, oid: string): Promise<unknown>;
  /** Faults by chance (test/support/github/chaos.ts); null ends them. */
  chaos(chaos: object | null): Promise<unknown>;
  stop(): Promise<void>;
}

export const OWNER = 'octocat';
/** It holds everything in its heap, MB. */
const HEAP = 12_000;

export async function startGithubServer(): Promise<GithubServer> {
  const args = [`--max-old-space-size=${HEAP}`, await bundled()];
  const server = await launch({ program: process.execPath, args, env: {}, ready: '/' });
  const say = async (method: string, at: string): Promise<unknown> => {
    const response = await fetch(`${server.url}/${at}`, { method });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`the GitHub of the tests: ${String(answer)}`);
    return answer;
  };
  const { url, token } = (await say('GET', '')) as { url: string; token: string };
  return {
    url,
    token,
    createRepo: (name) => say('PUT', `repo/${name}`),
    deleteRepo: (name) => say('DELETE', `repo/${name}`),
    archives: (offered) => say('PUT', `archives/${offered ? 'on' : 'off'}`),
    latency: (ms) => say('PUT', `latency/${ms}`),
    asked: async () => summed((await say('GET', 'counts')) as Readonly<Record<string, number>>),
    async stored(name, commit) {
      const files = (await say('GET', `stored/${name}/${commit}`)) as Record<string, string | null>;
      const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
      return new Map(Object.entries(files).map(([file, text]) => [file, bytes(text)]));
    },
    head: async (name) => (await say('GET', `head/${name}`)) as string | null,
    harm: (how, name, oid) => say('PUT', `${how}/${name}/${oid}`),
    chaos: (chaos) => say('PUT', `chaos/${encodeURIComponent(JSON.stringify(chaos))}`),
    stop: () => server.stop(),
  };
}

function summed(routes: Readonly<Record<string, number>>): Asked {
  const count = (wanted: RegExp) =>
    Object.entries(routes).reduce((sum, [route, times]) => sum + (wanted.test(route) ? times : 0), 0);
  const proving = count(/^GET .*(blobs|tarball|_codeload)/);
  const commits = count(/^POST .*\/git\/commits/);
  return { requests: count(/./) - proving, proving, commits, writes: count(/^(POST|PUT|PATCH) /) };
}

/** The tests are not part of the build: the peer is put together here, where it finds its packages. */
async function bundled(): Promise<string> {
  const outfile = path.join(ROOT, 'node_modules', '.cache', 'nxs-bench', 'github-peer.mjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/github-peer.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  await stop();
  return outfile;
}

/** Environment of a node that backs everything up to this repository, as fast as the server takes it. */
export async function githubEnvironment(
  scratch: Scratch,
  stateDir: string,
  dataDir: string,
  { url, token }: Pick<GithubServer, 'url' | 'token'>,
  repo: string,
): Promise<NodeJS.ProcessEnv> {
  const configDir = scratch.dir('config');
  await mkdir(configDir, { recursive: true });
  const destination = {
    name: 'github',
    type: 'github',
    owner: OWNER,
    repo,
    token,
    base_url: url,
    pace: { interval: '0s', per_minute: 1_000_000, per_hour: 1_000_000 },
  };
  const files = [{ local: 'memory/**', remote: 'memory/', optional: true }];
  // JSON is YAML.
  const manifest = JSON.stringify({ backup: { destinations: [destination], files } });
  await writeFile(path.join(configDir, 'backup-manifest.yaml'), manifest);
  return { ...ourEnvironment(scratch.env, stateDir, dataDir), NXS_CONFIG_DIR: configDir };
}

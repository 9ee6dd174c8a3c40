// Everything that a soak plays with: two whole control planes on one hub, three providers, services, and two kinds of destinations.
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveProgram } from '../../adapters/temporal/binary.js';
import { startGithubServer, type GithubServer } from '../../bench/subjects/github-peer.js';
import { git } from '../../drill/backup/plain-git.js';
import { makeScratch, openKit, type OpenKit } from '../../drill/kit.js';
import { openLlm, type Llm } from '../../drill/stand-ins/open-llm.js';
import { NODES, PROVIDERS, type NodeName } from '../plan/catalogue.js';
import { GITHUB_REPO, openNode, type SoakNode } from './node.js';

export interface World {
  readonly kit: OpenKit;
  readonly root: string;
  /** Version of Temporal. */
  readonly temporal: string;
  readonly nodes: Readonly<Record<NodeName, SoakNode>>;
  readonly llms: ReadonlyMap<string, Llm>;
  /** The bare repository itself. */
  readonly hub: string;
  readonly github: GithubServer;
  /** Planted, and to be found nowhere. */
  readonly secrets: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Events after which the engine wants a new run: low, so that the long-lived workflows change runs within minutes. */
export const SUGGESTED_EVENTS = 100;

export interface WorldOptions {
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Told as soon as there is something to end on the way out. */
  readonly opened: (kit: OpenKit, root: string) => void;
}

export async function openWorld({ seed, say, opened }: WorldOptions): Promise<World> {
  const program = await resolveProgram({ progress: say });
  const root = await makeScratch();
  const kit = await openKit({ name: 'soak', root, program: await wrapped(root, program.path), seed, say });
  opened(kit, root);
  const github = await startGithubServer();
  await github.createRepo(GITHUB_REPO);
  const hub = join(kit.dir, 'hub.git');
  await git(hub, ['init', '-q', '--bare', '-b', 'main']);
  const llms = new Map<string, Llm>();
  for (const name of PROVIDERS) llms.set(name, await openLlm(kit, name));
  const secrets = new Map([
    ...PROVIDERS.map((name) => [`key of ${name}`, secret()] as const),
    ['token of GitHub', github.token] as const,
  ]);
  const place = { kit, hub, llms: [...llms.values()], github, secrets };
  // One after the other: two at once on a small machine take longer.
  const [home, cloud] = [await openNode(place, NODES[0]), await openNode(place, NODES[1])];
  return {
    ...{ kit, root, temporal: program.version, nodes: { home, cloud }, llms, hub, github, secrets },
    async close() {
      await kit.close();
      await github.stop();
    },
  };
}

function secret(): string {
  return `planted-${randomBytes(18).toString('hex')}`;
}

/** Temporal's program with one setting more; it is the same process under the same command line. */
async function wrapped(root: string, program: string): Promise<string> {
  const file = join(root, 'temporal');
  const setting = `limit.historyCount.suggestContinueAsNew=${String(SUGGESTED_EVENTS)}`;
  const lines = [
    '#!/bin/sh',
    `if [ "$2" = start-dev ]; then exec "${program}" "$@" --dynamic-config-value ${setting}; fi`,
    `exec "${program}" "$@"`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  await chmod(file, 0o700);
  return file;
}

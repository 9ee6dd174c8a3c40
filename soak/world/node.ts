// One control plane of a soak with its services, its link to the hub and its destinations.
import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OWNER, type GithubServer } from '../../bench/subjects/github-peer.js';
import { countedCommand, type Counted } from '../../drill/healing/command.js';
import { LIMITS, probed } from '../../drill/healing/setting.js';
import type { Kit, Plane } from '../../drill/scenario.js';
import { providerEntry, type Llm } from '../../drill/stand-ins/open-llm.js';
import { openService, type Service } from '../../drill/stand-ins/open-service.js';
import { standIn } from '../../drill/stand-ins/paths.js';
import type { NodeName } from '../plan/catalogue.js';

export interface SoakNode {
  readonly name: NodeName;
  readonly plane: Plane;
  /** Its restart helps. */
  readonly web: Service;
  /** Only the harsh step of level 5 brings it back, and that needs a person. */
  readonly till: Service;
  readonly harsh: Counted;
  /** The bare repository of its local destination. */
  readonly local: string;
  /** Takes the hub away from this node, or gives it back. */
  cutOff(): Promise<void>;
  letBack(): Promise<void>;
}

export interface NodePlace {
  readonly kit: Kit;
  readonly hub: string;
  readonly llms: readonly Llm[];
  readonly github: GithubServer;
  readonly secrets: ReadonlyMap<string, string>;
}

/** What is on GitHub belongs to this node. */
export const GITHUB_NODE: NodeName = 'home';
export const GITHUB_REPO = 'soak-home';
/** ms that a question stays open: the shortest that healing.yaml takes. */
export const EXPIRES_MS = 60_000;
/** Files that nobody writes: what is damaged in a destination is one of these, so that the next run has no other reason to send it. */
export const STABLE = Array.from({ length: 8 }, (_, index) => `stable/${String(index)}.md`);
/** What both nodes share. */
const SHARED = ['*.md', 'notes/**', 'dated/**'];

export async function openNode(place: NodePlace, name: NodeName): Promise<SoakNode> {
  const { kit, hub, llms, github } = place;
  const link = join(kit.dir, `hub-of-${name}.git`);
  await symlink(hub, link);
  const web = await openService(kit, { name: `web-${name}` });
  const till = await openService(kit, { name: `till-${name}` });
  const port = new URL(till.url).port;
  const harsh = await countedCommand(kit, `start-till-${name}`, [
    `"${process.execPath}" "${standIn('service')}" ${port} </dev/null >/dev/null 2>&1 &`,
  ]);
  await web.start();
  await till.start();
  const local = join(kit.dir, `copy-of-${name}.git`);
  const plane = await kit.plane({
    node: name,
    config: {
      'nxs.yaml': { sync: { remote: link } },
      'providers.yaml': {
        providers: llms.map((llm, index) => ({
          ...providerEntry(llm, index + 1),
          api_key: `\${${keyName(llm.name)}}`,
        })),
        failover: { global_timeout: '40s', mid_stream: name === 'home' ? 'error' : 'continue' },
      },
      'backup-manifest.yaml': { backup: backupOf(name, local, github) },
      'sync-manifest.yaml': { sync: SYNC },
      'healing.yaml': { healing: healingOf(web, till, harsh) },
    },
    files: filesOf(kit, name),
    env: {
      SOAK_GITHUB_TOKEN: github.token,
      ...Object.fromEntries(
        llms.map((llm) => [keyName(llm.name), place.secrets.get(`key of ${llm.name}`) ?? '']),
      ),
    },
  });
  return {
    ...{ name, plane, web, till, harsh, local },
    cutOff: () => rename(link, `${link}.away`),
    letBack: () => rename(`${link}.away`, link),
  };
}

function keyName(provider: string): string {
  return `SOAK_KEY_${provider.toUpperCase()}`;
}

const SYNC = {
  include: SHARED,
  merge_rules: [
    { pattern: 'LOG.md', strategy: 'append' },
    { pattern: 'dated/**', strategy: 'append-date' },
  ],
  poll: '3s',
  interval: '1m',
};

function backupOf(name: NodeName, local: string, github: GithubServer): object {
  const pace = { interval: '0s', per_minute: 100_000, per_hour: 1_000_000 };
  const more =
    name === GITHUB_NODE
      ? [
          {
            ...{ name: 'github', type: 'github', owner: OWNER, repo: GITHUB_REPO },
            ...{ token: '${SOAK_GITHUB_TOKEN}', base_url: github.url, pace },
          },
        ]
      : [];
  return {
    every: '1m',
    destinations: [{ name: 'local', type: 'git', path: local }, ...more],
    files: [{ local: '**', remote: './' }],
    // One look reads everything; the soak brings it forward.
    verify: { every: '1h', within: '1h' },
    restore_drill: { every: '1h' },
  };
}

function healingOf(web: Service, till: Service, harsh: Counted): object {
  return {
    interval: '5s',
    services: [
      { ...probed('web', web), restart: [...web.restart] },
      // Without `restart` the next level that fits is the harsh one.
      probed('till', till),
    ],
    levels: { 5: { permission: 'approve', run: [...harsh.argv] } },
    approvals: { approvers: ['ann', 'ben'], expires_after: `${String(EXPIRES_MS)}ms` },
    limits: { ...LIMITS, storm: 50 },
  };
}

/** Texts without repetition, so that a flipped bit is always another text. */
function filesOf(kit: Kit, name: NodeName): Readonly<Record<string, string>> {
  const text = () => Array.from({ length: 40 }, () => kit.random().toString(36)).join('\n');
  const stable = STABLE.map((path) => [path, `# ${name} ${path}\n${text()}\n`] as const);
  return { ...Object.fromEntries(stable), 'MEMORY.md': '# Memory\n', 'LOG.md': '# Log\n' };
}

// The connection itself breaks, through toxiproxy, a third-party program; skipped where it is not there. What is said over it
// is the third-party emulator's; nothing here rests on a scripted fault.
import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import type { BackupPorts } from '../../../activities/backup/ports.js';
import { createGithubDestination } from '../../../adapters/github/destination.js';
import { openNet } from '../../../adapters/net/fetch.js';
import { githubOptions } from '../../../workers/destinations.js';
import { digests, fill, filesIn, type Files } from '../../support/e2e-place.js';
import { freshPorts, runBackup } from '../../support/e2e-plain.js';
import { githubLab, type GithubLab } from '../../support/github-place.js';
import { openToxicGithub, TOXICS } from '../../support/github-toxic.js';
import { findPeers } from '../../support/llm-peers.js';
import type { Toxic, ToxicProxy } from '../../support/toxic.js';

interface Wired extends GithubLab {
  readonly proxy: ToxicProxy;
}

async function wired(context: TestContext): Promise<Wired> {
  const found = (await findPeers()).toxiproxy;
  const program = 'path' in found ? found.path : context.skip(found.reason);
  const opened: ToxicProxy[] = [];
  const lab = await githubLab({
    async via(github) {
      opened.push(await openToxicGithub(program, github));
      return opened[0]?.url ?? '';
    },
  });
  const [proxy] = opened;
  if (proxy === undefined) throw new Error('there is no proxy');
  onTestFinished(() => proxy.close());
  await fill(lab.place.dataDir, {
    'a.md': 'a\n',
    'b.bin': randomBytes(60_000),
    'c.bin': randomBytes(60_000),
  });
  return { ...lab, proxy };
}

/** Silence ends after a moment; `strike` is made just before the step begins its work on the destination. */
function portsOf(lab: Wired, step: 'publish' | 'verify', strike: () => Promise<void>): BackupPorts {
  const ports = freshPorts(lab.config);
  const each = lab.config.backup.destinations[0];
  if (each?.type !== 'github') throw new Error('the destination is not GitHub');
  const net = openNet({ env: {}, silence: 300 });
  onTestFinished(() => net.close());
  const store = createGithubDestination({ ...githubOptions(each, lab.config), fetch: net.fetch });
  const publish: typeof store.publish = async (...change) => {
    if (step === 'publish') await strike();
    return store.publish(...change);
  };
  const loadPublished: typeof ports.state.loadPublished = async (...of) => {
    if (step === 'verify') await strike();
    return ports.state.loadPublished(...of);
  };
  return {
    ...ports,
    destinations: [{ state: 'ready', name: 'gh', kind: 'github', store: { ...store, publish } }],
    state: { ...ports.state, loadPublished },
  };
}

function held({ github, repo }: GithubLab): Record<string, string> {
  const head = github.head(repo, 'main');
  const files: Files = new Map(
    [...(head === null ? [] : github.files(repo, head))].flatMap(([path, bytes]) =>
      path.startsWith('.nxs/') ? [] : [[path, bytes ?? Buffer.from('LOST')]],
    ),
  );
  return digests(files);
}

const TOXIC: readonly (readonly [string, Toxic | 'refused'])[] = [
  ['reset', TOXICS.reset],
  ['cut early', TOXICS.cut(300)],
  ['cut within the large bodies', TOXICS.cut(40_000)],
  ['a black hole', TOXICS.blackHole],
  ['refused', 'refused'],
];

const cases = TOXIC.flatMap(([name, toxic]) =>
  (['publish', 'verify'] as const).map((step) => [name, step, toxic] as const),
);

for (const [name, step, toxic] of cases) {
  it(`${name} from ${step} on: not green, or green with truth; the next calm run is green`, async (context) => {
    const lab = await wired(context);
    expect((await runBackup(lab.config)).outcome).toBe('green');
    await fill(lab.place.dataDir, { 'a.md': 'edited\n', 'd.bin': randomBytes(60_000) });
    let strikes = 0;
    const strike = async (): Promise<void> => {
      strikes += 1;
      if (toxic === 'refused') await lab.proxy.listening(false);
      else await lab.proxy.infect(toxic);
    };
    const local = digests(await filesIn(lab.place.dataDir));
    const { outcome } = await runBackup(lab.config, { ports: portsOf(lab, step, strike) });
    expect(strikes).toBeGreaterThan(0);
    if (outcome === 'green') expect(held(lab)).toEqual(local);
    if (toxic === TOXICS.blackHole || toxic === TOXICS.reset) expect(outcome).not.toBe('green');
    await lab.proxy.listening(true);
    await lab.proxy.infect(null);
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(held(lab)).toEqual(local);
  });
}

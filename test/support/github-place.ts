// A data directory that is backed up to a GitHub of the tests, with everything else scratch.
import { onTestFinished } from 'vitest';
import type { Config } from '../../config/types.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { configOf, destinations, makePlace, removePlace, type Place } from './e2e-place.js';
import { startGithub, type GithubPeer } from './github-peer.js';

export interface GithubLab {
  readonly github: GithubPeer;
  readonly place: Place;
  readonly config: Config;
  /** `octocat/backup`. */
  readonly repo: string;
  /** Requests since the last call of `counted`, reads of blobs and archives apart. */
  counted(): {
    readonly requests: number;
    readonly proving: number;
    readonly routes: Readonly<Record<string, number>>;
  };
}

export interface LabOptions {
  /** More keys of the destination, as YAML flow: `prefix: home`. */
  readonly keys?: string;
  /** The address to speak to, when something stands between. */
  readonly via?: (github: GithubPeer) => Promise<string>;
  readonly token?: (github: GithubPeer) => string;
  /** `pace` of the destination, as YAML flow; by default there is none to speak of. */
  readonly pace?: string;
  /** Begin without the repository. */
  readonly bare?: boolean;
}

const NO_PACE = '{ interval: 0s, per_minute: 100000, per_hour: 100000 }';

const REPO = 'octocat/backup';

/** The line of a destination named `gh`. */
export function githubLine(url: string, token: string, keys = '', pace = NO_PACE): string {
  const more = keys === '' ? '' : `, ${keys}`;
  const [owner, repo] = REPO.split('/');
  return `{ name: gh, type: github, owner: ${owner ?? ''}, repo: ${repo ?? ''}, token: "${token}", base_url: "${url}", pace: ${pace}${more} }`;
}

/** Starts all of it; it ends with the test. */
export async function githubLab(options: LabOptions = {}): Promise<GithubLab> {
  const github = await startGithub();
  if (options.bare !== true) await github.createRepo({ name: 'backup' });
  const url = (await options.via?.(github)) ?? github.url;
  const token = options.token?.(github) ?? github.token;
  const place = await makePlace(() => destinations(githubLine(url, token, options.keys, options.pace)));
  onTestFinished(async () => {
    await github.close();
    await removePlace(place);
  });
  return {
    github,
    place,
    config: await configOf(place),
    repo: REPO,
    counted: () => {
      const routes = github.counts();
      github.resetCounts();
      const proving = Object.entries(routes).filter(([route]) =>
        /^GET .*(blobs|tarball|_codeload)/.test(route),
      );
      const all = Object.values(routes).reduce((sum, count) => sum + count, 0);
      const reads = proving.reduce((sum, [, count]) => sum + count, 0);
      return { requests: all - reads, proving: reads, routes };
    },
  };
}

/** The record of the destination `gh`. */
export function ghOf(record: RunRecord): RunRecord['destinations'][number] {
  const found = record.destinations.find(({ name }) => name === 'gh');
  if (found === undefined) throw new Error('the record has no destination gh');
  return found;
}

// Rules between keys that a schema of one field cannot see. Each is a setting that could never do what it says.
import type { FileName } from './files.js';
import type { Located } from './locate.js';
import type { KeyProblem } from './key-files.js';
import type { Finding } from './report/finding.js';
import { pathText, type PathKey } from './schemas/walk.js';
import type { Config } from './types.js';
import type { Validated } from './validate.js';
import { placeAt } from './yaml/tree.js';

/** Findings that need a whole, well-formed configuration. */
export function crossFindings(
  config: Config,
  located: readonly Located[],
  results: ReadonlyMap<FileName, Validated>,
  keyProblems: readonly KeyProblem[],
): readonly Finding[] {
  const findings: Finding[] = [];
  const refuse = (name: FileName, path: readonly PathKey[], message: string): void => {
    const source = located.find((each) => each.name === name)?.source ?? null;
    const tree = results.get(name)?.tree;
    if (source === null || tree === undefined) return;
    const { place, exact } = placeAt(tree.place, path);
    const offset = exact ? place.range[0] : (place.key ?? place.range)[0];
    findings.push({
      file: source.path,
      source: { ...source, root: tree.place },
      offset,
      path: pathText(path),
      message,
    });
  };
  for (const { path, message } of keyProblems) refuse('nxs', path, message);
  const { http } = config.nxs;
  if (!isLoopback(http.host) && http.token === undefined) {
    refuse(
      'nxs',
      ['http', 'host'],
      'listens beyond this machine, which needs http.token (for example "${NXS_HTTP_TOKEN}", set)',
    );
  }
  config.backup.destinations.forEach((destination, index) => {
    const at: readonly PathKey[] = ['backup', 'destinations', index];
    if (destination.type === 'github') {
      const { protocol, hostname } = new URL(destination.base_url);
      if (protocol === 'https:' || isLoopback(hostname)) return;
      const message = 'would send the token in clear over the network: write https://';
      refuse('backup-manifest', [...at, 'base_url'], message);
      return;
    }
    const { path } = destination;
    if (path !== config.dataDir && !path.startsWith(`${config.dataDir}/`)) return;
    const message = 'lies in the data directory, so each backup would contain the ones before';
    refuse('backup-manifest', [...at, 'path'], message);
  });
  return findings;
}

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

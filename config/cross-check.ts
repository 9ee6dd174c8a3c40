// Rules between keys that a schema of one field cannot see. Each is a setting that could never do what it says.
import type { FileName } from './files.js';
import type { Located } from './locate.js';
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
  const { http } = config.nxs;
  if (!isLoopback(http.host) && http.token === undefined) {
    refuse(
      'nxs',
      ['http', 'host'],
      'listens beyond this machine, which needs http.token (for example "${NXS_HTTP_TOKEN}", set)',
    );
  }
  config.backup.destinations.forEach((destination, index) => {
    if (destination.type !== 'git') return;
    const { path } = destination;
    if (path !== config.dataDir && !path.startsWith(`${config.dataDir}/`)) return;
    const message = 'lies in the data directory, so each backup would contain the ones before';
    refuse('backup-manifest', ['backup', 'destinations', index, 'path'], message);
  });
  return findings;
}

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

// Some keys only a restart can change: who this node is, where its things are, where it listens, which Temporal it works for, whether
// its histories are encrypted at all, what it logs and traces.
// A reload leaves the whole section as it was, so that nothing of it is half in force (a token without its address).
import type { Change } from './changes.js';
import { freeze } from './freeze.js';
import { environmentOf, keepProvenance, secretsOf } from './provenance.js';
import type { Config } from './types.js';

const RESTART =
  /^(node|data_dir|http\.(host|port)|temporal\.(mode|address|namespace|port|ui_port|encryption)|(telemetry|log)\..*)$/;

/** They stay as they were as a whole when one of their keys needs a restart. */
const SECTIONS = ['http', 'temporal', 'telemetry', 'log'] as const;

/** Does this change wait for a restart? */
function needsRestart({ file, path }: Change): boolean {
  return file === 'nxs' && RESTART.test(path);
}

/** The change lies in a section that waits for a restart as a whole. */
export function isHeld(change: Change, changes: readonly Change[]): boolean {
  if (needsRestart(change)) return true;
  const section = SECTIONS.find((each) => change.path.startsWith(`${each}.`));
  if (change.file !== 'nxs' || section === undefined) return false;
  return changes.some((other) => needsRestart(other) && other.path.startsWith(`${section}.`));
}

/** `after` with the sections of `before` that only a restart can change. `after` has to be loaded for `before`'s node and directories. */
export function holdBack(before: Config, after: Config, changes: readonly Change[]): Config {
  const held = (section: string) =>
    changes.some((change) => needsRestart(change) && change.path.startsWith(`${section}.`));
  const { node: _node, data_dir: _dataDir, ...rest } = after.nxs;
  const old = before.nxs;
  const config: Config = freeze({
    ...after,
    node: before.node,
    dataDir: before.dataDir,
    stateDir: before.stateDir,
    nxs: {
      ...rest,
      ...(old.node === undefined ? {} : { node: old.node }),
      ...(old.data_dir === undefined ? {} : { data_dir: old.data_dir }),
      ...Object.fromEntries(SECTIONS.filter(held).map((section) => [section, old[section]])),
    },
  });
  const secrets = [...new Set([...secretsOf(before), ...secretsOf(after)])];
  keepProvenance(config, { env: environmentOf(after), secrets });
  return config;
}

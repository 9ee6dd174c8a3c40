// What the manager says of the service, and whether its file is what would be written today.
import { readFile } from 'node:fs/promises';
import { LABEL, UNIT } from '../../domain/service/plan.js';
import { differingLines, originOf } from '../../domain/service/seal-text.js';
import { hasLinger, textFor } from './install.js';
import { managerOf, type Machine, type Place } from './place.js';
import type { Planned } from './plan.js';
import { sha256Hex } from './sha256.js';

export interface ServiceStatus {
  readonly scope: Place['scope'];
  readonly path: string;
  readonly installed: boolean;
  /** null: nobody can say. */
  readonly enabled: boolean | null;
  /** As the manager words it: active, activating, failed, inactive; unknown where it cannot be asked. */
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly since: string | null;
  readonly pid: number | null;
  /** Starts anew since it was loaded. */
  readonly restarts: number | null;
  /** Why it ended last, in the manager's word (`watchdog`, `exit-code`, `oom-kill`); null: well. */
  readonly result: string | null;
  /** When it last said that it turns. */
  readonly watchdog: string | null;
  /** It runs without a login; null: not asked for, or nobody says. */
  readonly linger: boolean | null;
  /** Its file: as would be written now, written by another version or configuration, changed by hand, or not ours. */
  readonly file: 'current' | 'outdated' | 'edited' | 'foreign' | null;
  /** Lines that would go and come, when it is outdated. */
  readonly differences: { readonly gone: readonly string[]; readonly added: readonly string[] };
}

/** Never throws for a manager that does not answer. `planned` null: what would be written cannot be told. */
export async function serviceStatus(
  machine: Machine,
  place: Place,
  planned: Planned | null,
): Promise<ServiceStatus> {
  const text = await readFile(place.path, 'utf8').catch(() => null);
  const base = { scope: place.scope, path: place.path, installed: text !== null };
  const none = {
    enabled: null,
    state: 'unknown',
    since: null,
    pid: null,
    restarts: null,
    result: null,
    watchdog: null,
    linger: null,
  };
  const wanted = planned === null ? null : textFor(place, planned);
  const compared = {
    file: text === null ? null : fileState(text, wanted),
    differences: differences(text, wanted),
  };
  if (!place.manager || text === null) return { ...base, ...none, ...compared };
  const asked =
    place.kind === 'systemd' ? await askSystemd(machine, place) : await askLaunchd(machine, place);
  return { ...base, ...none, ...asked, ...compared };
}

function fileState(text: string, wanted: string | null): ServiceStatus['file'] {
  const origin = originOf(text, sha256Hex);
  if (origin !== 'ours') return origin;
  return wanted === null || text === wanted ? 'current' : 'outdated';
}

function differences(text: string | null, wanted: string | null): ServiceStatus['differences'] {
  return text === null || wanted === null ? { gone: [], added: [] } : differingLines(text, wanted);
}

const PROPERTIES = [
  'ActiveState',
  'ActiveEnterTimestamp',
  'MainPID',
  'NRestarts',
  'Result',
  'UnitFileState',
  'WatchdogTimestamp',
];

async function askSystemd(machine: Machine, place: Place): Promise<Partial<ServiceStatus>> {
  const { systemctl } = managerOf(machine, place.scope);
  const { code, out } = await systemctl(
    'show',
    UNIT,
    '--timestamp=utc',
    `--property=${PROPERTIES.join(',')}`,
  );
  if (code !== 0) return {};
  const said = new Map(
    out.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
  const result = said.get('Result') ?? '';
  const pid = Number(said.get('MainPID'));
  return {
    enabled: said.get('UnitFileState') === 'enabled',
    state: said.get('ActiveState') ?? 'unknown',
    since: timeOf(said.get('ActiveEnterTimestamp')),
    pid: pid > 0 ? pid : null,
    restarts: Number(said.get('NRestarts') ?? 0),
    result: result === 'success' || result === '' ? null : result,
    watchdog: timeOf(said.get('WatchdogTimestamp')),
    linger: place.scope === 'user' ? await hasLinger(machine) : null,
  };
}

/** `Sun 2026-11-29 09:05:35 UTC`; null: never. */
function timeOf(text: string | undefined): string | null {
  const found = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/.exec(text ?? '');
  return found === null ? null : `${found[1] ?? ''}T${found[2] ?? ''}.000Z`;
}

async function askLaunchd(machine: Machine, place: Place): Promise<Partial<ServiceStatus>> {
  const { launchctl, domain } = managerOf(machine, place.scope);
  const { code, out } = await launchctl('print', `${domain}/${LABEL}`);
  if (code !== 0) return { state: 'inactive', enabled: true };
  const pid = /^\s*pid = (\d+)/m.exec(out)?.[1];
  const state = /^\s*state = (\S+)/m.exec(out)?.[1];
  return {
    enabled: true,
    state: state === 'running' ? 'active' : (state ?? 'unknown'),
    pid: pid === undefined ? null : Number(pid),
  };
}

// What drifts apart over the years: the program that runs and the one that is installed, the server and what we ask of it, two clocks.
// Each is one sentence with the way to mend it.

type Reading = 'good' | 'bad' | 'unknown';

export interface Drift {
  readonly name: string;
  readonly reading: Reading;
  readonly detail: string;
}

/** Oldest server whose engine went through the whole upgrade test (docs/upgrades.md). */
const OLDEST_SERVER = '1.27.0';
/** Days for which finished runs are kept: what `nxs heal show` and the web UI look back on. */
export const RETENTION_DAYS = 7;
/** s: a worker's poll lasts a minute at most, so the server has seen one since. */
const POLL_S = 75;
/** s */
const SKEW_S = 5;

const numbers = (version: string): readonly number[] =>
  (/\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** Negative when `a` is older than `b`; missing numbers count as 0. */
export function olderThan(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

export interface Installed {
  readonly version: string;
  readonly build: string;
}

/** The control plane that runs, against what is installed. `worker`: the version of its worker, when it has looked. */
export function versionDrift(
  installed: Installed,
  running: Partial<Installed> | null,
  worker: string | null,
): Drift {
  const name = 'version';
  if (running === null) return { name, reading: 'good', detail: `${installed.version}; none is running` };
  const { version = 'older than 0.2', build = installed.build } = running;
  if (version !== installed.version)
    return bad(
      name,
      `${version} runs and ${installed.version} is installed: stop it and start it again (nxs up)`,
    );
  if (build !== installed.build)
    return bad(name, `${version} was built anew since it was started: stop it and start it again (nxs up)`);
  if (worker !== null && worker !== version)
    return bad(
      name,
      `the worker is ${worker} and the front ${version}: stop all of it and start it again (nxs up)`,
    );
  return { name, reading: 'good', detail: `${version} runs and is installed` };
}

/** `wanted`: `engines.node` of package.json, `>=20.3`. */
export function nodeDrift(version: string, wanted: string): Drift {
  const name = 'Node';
  if (!olderThan(version, wanted)) return { name, reading: 'good', detail: version };
  return bad(name, `${version} is older than ${wanted.replace('>=', '')}: install a newer Node, then npm ci`);
}

/** The embedded engine: `last` served from the file, '' when none did. */
export function engineDrift(last: string, pinned: string): Drift {
  const name = "Temporal's engine";
  if (last === '') return { name, reading: 'good', detail: 'none has served here yet' };
  if (last === pinned) return { name, reading: 'good', detail: last };
  const detail = olderThan(last, pinned)
    ? `${last} is older than ${pinned}, with which this version is tested: take NXS_TEMPORAL_CLI or the \`temporal\` on PATH away, or renew it, and restart`
    : `${last} is newer than ${pinned}, with which this version is tested; it may not be taken back (docs/upgrades.md)`;
  return { name, reading: 'unknown', detail };
}

/** What a server says of itself. `polled`: when it last saw our worker, ms by its clock; null: never. */
export interface ServerFacts {
  readonly version: string;
  readonly missing: readonly string[];
  readonly retentionDays: number;
  readonly polled: number | null;
}

export function serverDrift(
  { version, missing, retentionDays, polled }: ServerFacts,
  now: number,
): readonly Drift[] {
  const server = 'Temporal server';
  return [
    olderThan(version, OLDEST_SERVER)
      ? bad(
          server,
          `${version} is older than ${OLDEST_SERVER}, the oldest that was tried: upgrade the cluster`,
        )
      : { name: server, reading: 'good', detail: version },
    missing.length === 0
      ? { name: 'search attributes', reading: 'good', detail: 'all are registered' }
      : bad(
          'search attributes',
          `${missing.join(', ')} missing: nxs temporal operator search-attribute create ${missing.map((each) => `--name ${each.replace('=', ' --type ')}`).join(' ')}`,
        ),
    retentionDays >= RETENTION_DAYS
      ? { name: 'retention', reading: 'good', detail: `${String(retentionDays)} days` }
      : bad(
          'retention',
          `finished runs are kept for ${String(retentionDays)} days, and ${String(RETENTION_DAYS)} are wanted: nxs temporal operator namespace update --retention ${String(RETENTION_DAYS)}d`,
        ),
    clockDrift(polled, now),
  ];
}

function clockDrift(polled: number | null, now: number): Drift {
  const name = 'clock';
  if (polled === null) return { name, reading: 'unknown', detail: 'the server has not seen our worker yet' };
  const ahead = Math.round((polled - now) / 1000);
  if (ahead > SKEW_S)
    return bad(name, `the server is ${String(ahead)} s ahead of this machine: ${MEND_CLOCK}`);
  if (-ahead > POLL_S)
    return bad(
      name,
      `by its clock the server last saw our worker ${String(-ahead)} s ago: the worker does not poll, or this machine's clock is ahead: ${MEND_CLOCK}`,
    );
  return { name, reading: 'good', detail: "this machine's and the server's agree" };
}

const MEND_CLOCK = 'look at timedatectl on both';

function bad(name: string, detail: string): Drift {
  return { name, reading: 'bad', detail };
}

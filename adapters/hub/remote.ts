// The three words with a hub: where is your branch, give me what I lack, move it from here to there.
import { setTimeout as later } from 'node:timers';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { tryGit, type GitCall, type GitExit } from '../git/process.js';
import { gitDirectory } from './address.js';
import { hubFailure } from './failure.js';
import { callHub, loginOf, remoteOf, type Place } from './place.js';
import { readRef, removeRef, trackingRef, writeRef } from './refs.js';

/** A first meeting over a slow line takes minutes; longer than this, nobody is at the other end. */
const PATIENCE_MS = 15 * 60_000;

/**
 * What takes a push on this machine. Git strips our settings from it, and then the hub's own config and hooks would run programs as us:
 * a hub may be a disk that somebody else has written to. Constant: git gives it to a shell.
 */
const RECEIVER = `--receive-pack=git ${[
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.alternateRefsCommand=true',
  'receive.autogc=false',
  'receive.denyCurrentBranch=refuse',
]
  .map((setting) => `-c ${setting}`)
  .join(' ')} receive-pack`;

const RACED =
  /fetch first|non-fast-forward|failed to update ref|cannot lock ref|failed to lock|stale info|incorrect old value|reference already exists/i;

/** Commit at the tip; null: the hub has no such branch. Reads a file for a hub on this machine. */
export async function remoteTip(place: Place, signal?: CancelSignal): Promise<string | null> {
  const { address, settings } = place;
  if (address.kind === 'local') return readRef(localHub(place), `refs/heads/${settings.branch}`);
  const ref = `refs/heads/${settings.branch}`;
  const { stdout } = await talk(place, ['ls-remote', '--quiet', '--', remoteOf(place), ref], signal);
  const line = stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.endsWith(`\t${ref}`));
  return line?.slice(0, 40) ?? null;
}

/** Brings what the tip has and our copy lacks; returns it. */
export async function fetchTip(place: Place, signal?: CancelSignal): Promise<string | null> {
  const { address, settings, copy } = place;
  const tracking = trackingRef(settings.branch);
  if (address.kind === 'local') {
    const tip = await remoteTip(place);
    if (tip === null) await removeRef(copy.path, tracking);
    if (tip === null || tip === (await readRef(copy.path, tracking))) return tip;
  }
  const spec = `+refs/heads/${settings.branch}:${tracking}`;
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--',
    remoteOf(place),
    spec,
  ];
  const { exit } = await attempt(place, args, signal);
  if (exit.code !== 0 && /couldn't find remote ref/i.test(exit.stderr)) {
    await removeRef(copy.path, tracking);
    return null;
  }
  check(place, exit);
  return readRef(copy.path, tracking);
}

/** Moves a branch of the hub to a commit that comes after it; `moved` when it does not. */
export async function pushTo(
  place: Place,
  commit: string,
  branch: string,
  signal?: CancelSignal,
): Promise<'published' | 'moved'> {
  if (place.address.kind === 'local') localHub(place);
  const args = [
    'push',
    '--porcelain',
    '--no-verify',
    ...(place.address.kind === 'local' ? [RECEIVER] : []),
    '--',
    remoteOf(place),
    `${commit}:refs/heads/${branch}`,
  ];
  const { exit, stdout } = await attempt(place, args, signal);
  const said = `${stdout.toString('utf8')}\n${exit.stderr}`;
  if (exit.code === 0) {
    if (branch === place.settings.branch) await writeRef(place.copy.path, trackingRef(branch), commit);
    return 'published';
  }
  if (/^!\t/m.test(said) && RACED.test(said)) return 'moved';
  throw hubFailure(place.address.shown, said, secretsOf(place));
}

/** The git directory of a hub on this machine. Throws HUB_UNREACHABLE when there is none: it may be mounted later. */
function localHub(place: Place): string {
  const { address } = place;
  const found = address.kind === 'local' ? gitDirectory(address.path) : null;
  if (found !== null) return found;
  const how = `make it with: git init --bare ${address.shown}`;
  throw new NxsError(
    'HUB_UNREACHABLE',
    `There is no git repository at ${address.shown} (is its disk mounted? else ${how}).`,
  );
}

async function talk(place: Place, args: readonly string[], signal?: CancelSignal) {
  const result = await attempt(place, args, signal);
  check(place, result.exit);
  return result;
}

function check(place: Place, exit: GitExit): void {
  if (exit.code !== 0) throw hubFailure(place.address.shown, exit.stderr, secretsOf(place));
}

/** Runs git against the hub, and ends it when nothing comes of it for too long. */
async function attempt(
  place: Place,
  args: readonly string[],
  signal?: CancelSignal,
): Promise<{ readonly exit: GitExit; readonly stdout: Buffer }> {
  const bounded = new AbortController();
  const stop = () => bounded.abort();
  const timer = later(stop, PATIENCE_MS);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const call: GitCall = callHub(place, args, bounded.signal);
    return await tryGit(call);
  } catch (error) {
    if (!bounded.signal.aborted || signal?.aborted === true) throw error;
    throw new NxsError(
      'HUB_UNREACHABLE',
      `The hub ${place.address.shown} did not answer for ${PATIENCE_MS / 60_000} minutes.`,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

function secretsOf(place: Place): readonly string[] {
  const login = loginOf(place);
  if (login === null) return [];
  return [login.slice(login.indexOf(':') + 1), Buffer.from(login).toString('base64')];
}

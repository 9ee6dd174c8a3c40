// How sync reads on a screen.
import { plural } from '../domain/backup/record.js';
import { WAITING, type SyncStatus } from '../domain/sync/status.js';
import type { TailnetPeer } from '../workers/sync/tailnet.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';

/** Held files that are named one by one. */
const NAMED = 20;

/** A state as people say it. */
const WORDS: Readonly<Record<SyncStatus['state'], string>> = {
  ok: 'ok',
  offline: 'offline: changes wait here until the hub answers',
  denied: 'DENIED: the hub does not let this node in',
  damaged: 'DAMAGED: the hub, or our copy of it',
  contended: 'contended: other nodes publish faster, the next cycle goes on',
  root_missing: 'DATA DIRECTORY MISSING: nothing is changed anywhere',
  hub_rewound: 'HUB SET BACK: nothing is changed here',
  needs_join: 'NEEDS JOIN: nothing is changed anywhere',
  approval_pending: 'ok, and something waits for a person',
  paused: 'PAUSED: a restore waits for a person',
  failed: 'FAILED',
};

/** Exit code of a status: 0 well, 1 something is bad or waits, 4 nothing is known now. */
export function exitOf({ state, held, pending }: SyncStatus): 0 | 1 | 4 {
  if (state === 'offline' || state === 'contended') return 4;
  const stuck = held.some(({ reason }) => reason !== 'deferred');
  return state === 'ok' && pending.length === 0 && !stuck ? 0 : 1;
}

/** What `nxs status --json` has of it; `nxs sync status` has all. */
export function briefOf(status: SyncStatus | null): object | null {
  if (status === null) return null;
  const { state, detail, at, last_ok, unpublished, held, pending } = status;
  return { state, detail, at, last_ok, unpublished, held: held.length, pending: pending.length };
}

/** One line for `nxs status`. */
export function lineOf(context: Context, status: SyncStatus | null): string {
  if (status === null) return 'none yet';
  const { state, at, pending, unpublished } = status;
  const waits = pending.length === 0 ? '' : `; ${plural(pending.length, 'question')}: nxs sync status`;
  const open = unpublished === 0 ? '' : `; ${plural(unpublished, 'change')} to go out`;
  return `${context.paint(exitOf(status) === 1 ? 'bad' : 'good', WORDS[state])} (${at})${open}${waits}`;
}

export function printStatus(context: Context, status: SyncStatus): void {
  const {
    state,
    detail,
    hub,
    at,
    last_ok: lastOk,
    files,
    unpublished,
    published,
    applied,
    conflicts,
  } = status;
  const good = exitOf(status) === 0;
  context.out(`sync  ${context.paint(good ? 'good' : 'bad', WORDS[state])}`);
  if (detail !== null) context.out(`  ${printable(detail)}`);
  context.out(
    `  hub ${printable(hub)}; ${plural(files, 'file')}; last cycle ${at}, hub met ${lastOk ?? 'never'}`,
  );
  context.out(
    `  ${published} out, ${applied} in; ${unpublished} wait to go out; ${plural(conflicts, 'merge')} in the last day`,
  );
  printWaiting(context, status);
  if (status.skew_ms !== null)
    context.out(
      `  ${context.paint('bad', `another node's clock is ${Math.round(status.skew_ms / 1000)} s ahead of ours`)}`,
    );
  for (const { node, changed } of status.nodes) context.out(`  ${printable(node)}: latest change ${changed}`);
}

function printWaiting(context: Context, { pending, held }: SyncStatus): void {
  for (const { token, kind, direction, count, examples } of pending) {
    const where = direction === 'outgoing' ? 'from here to the others' : 'from the others to here';
    context.out(`  ${context.paint('bad', 'waits')}  ${count} ${WAITING[kind]}, ${where}`);
    for (const path of examples) context.out(`         ${printable(path)}`);
    if (count > examples.length && examples.length > 0)
      context.out(`         and ${count - examples.length} more`);
    context.out(`         let it pass: nxs sync approve ${token}`);
    if (kind !== 'restored') context.out(`         bring them back: nxs sync deny ${token}`);
  }
  for (const { path, reason, detail } of held.slice(0, NAMED))
    context.out(`  held   ${printable(path)}: ${reason}, ${printable(detail)}`);
  if (held.length > NAMED) context.out(`  and ${held.length - NAMED} more (--json lists all)`);
}

/** Peers of the tailnet, when there is a client. */
export function printPeers(context: Context, peers: readonly TailnetPeer[] | null): void {
  for (const { name, online, lastSeen } of peers ?? []) {
    const seen = lastSeen === null ? '' : `, last seen ${lastSeen}`;
    context.out(
      `  tailnet ${printable(name)}: ${online ? context.paint('good', 'online') : `offline${seen}`}`,
    );
  }
}

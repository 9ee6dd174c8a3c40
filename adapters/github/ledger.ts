// What a token has used up, kept per token and server: several destinations may share one, and a restart must not forget
// that GitHub asked us to wait.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { recentWrites, type Gate } from '../../domain/backup/rate-limit.js';
import { atomicWrite } from '../files/atomic-write.js';
import { acquireLock } from '../files/lock.js';

export interface Ledger {
  /** Starts of the writes that still count, epoch ms. */
  readonly writes: readonly number[];
  /** No request before its end; null: none known. */
  readonly gate: Gate | null;
  /** Limited replies without a good one in between. */
  readonly strikes: number;
}

export interface LedgerFile {
  /** `fresh: false` may be half a second old. */
  read(options?: { readonly fresh?: boolean }): Promise<Ledger>;
  /** Changes it, one after the other in this process and between processes. */
  update<T>(change: (ledger: Ledger) => Changed<T>): Promise<T>;
}

export interface Changed<T> {
  /** Null: it stays as it is. */
  readonly ledger: Ledger | null;
  readonly value: T;
}

const EMPTY: Ledger = { writes: [], gate: null, strikes: 0 };

/** The file's name tells nothing of the token. */
function ledgerPath(dir: string, baseUrl: string, token: string): string {
  const key = createHash('sha256').update(`${baseUrl}\0${token}`).digest('hex').slice(0, 16);
  return path.join(dir, `token-${key}.json`);
}

/** Another process may have written meanwhile; for reads, which are many and not paced, this is fresh enough, ms. */
const FRESH_MS = 500;

/** Longer than anybody holds the lock, ms; who waits in vain goes on without it, as its holder is stuck. */
const PATIENCE_MS = 2_000;

/** Work on one file in this process, by its path. */
const queues = new Map<string, Promise<unknown>>();

/** The ledger of this token below `dir`; what cannot be read counts as empty. */
export function openLedger(dir: string, baseUrl: string, token: string): LedgerFile {
  const file = ledgerPath(dir, baseUrl, token);
  let kept: { readonly at: number; readonly ledger: Ledger } | null = null;
  return {
    async read({ fresh = true } = {}) {
      const now = Date.now();
      if (!fresh && kept !== null && now - kept.at < FRESH_MS && now >= kept.at) return kept.ledger;
      const ledger = await readLedger(file);
      kept = { at: now, ledger };
      return ledger;
    },
    update: (change) =>
      inTurn(file, async () => {
        const before = await readLedger(file);
        const { ledger: after, value } = change(before);
        const ledger = after === null ? before : { ...after, writes: recentWrites(after.writes, Date.now()) };
        if (after !== null) await atomicWrite(file, JSON.stringify(ledger), { sync: false });
        kept = { at: Date.now(), ledger };
        return value;
      }),
  };
}

async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(file) ?? Promise.resolve();
  const mine = before.then(async () => {
    const options = { wait: PATIENCE_MS, purpose: 'requests of a token' };
    const lock = await acquireLock(`${file}.lock`, options).catch(() => null);
    try {
      return await work();
    } finally {
      await lock?.release();
    }
  });
  const settled = mine.catch(() => undefined);
  queues.set(file, settled);
  void settled.then(() => queues.get(file) === settled && queues.delete(file));
  return mine;
}

async function readLedger(file: string): Promise<Ledger> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Ledger>;
    if (!Array.isArray(found.writes)) return EMPTY;
    return { writes: found.writes, gate: found.gate ?? null, strikes: found.strikes ?? 0 };
  } catch {
    return EMPTY;
  }
}

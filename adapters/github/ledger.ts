// What a token has used up, kept per token and server: several destinations may share one, and a restart must not forget
// that GitHub asked us to wait.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { recentWrites, type Gate } from '../../domain/backup/rate-limit.js';
import { atomicWrite } from '../files/atomic-write.js';

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
  write(ledger: Ledger): Promise<void>;
}

const EMPTY: Ledger = { writes: [], gate: null, strikes: 0 };

/** The file's name tells nothing of the token. */
function ledgerPath(dir: string, baseUrl: string, token: string): string {
  const key = createHash('sha256').update(`${baseUrl}\0${token}`).digest('hex').slice(0, 16);
  return path.join(dir, `token-${key}.json`);
}

/** Another process may have written meanwhile; for reads, which are many and not paced, this is fresh enough, ms. */
const FRESH_MS = 500;

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
    async write({ writes, gate, strikes }) {
      const ledger = { writes: recentWrites(writes, Date.now()), gate, strikes };
      await atomicWrite(file, JSON.stringify(ledger), { sync: false });
      kept = { at: Date.now(), ledger };
    },
  };
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

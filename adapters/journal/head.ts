// The chain alone cannot tell that its last lines are gone, so the last event is recorded apart from it. The
// record is written after the event is safe and without a sync of its own: it may lag after a power cut,
// it is never ahead.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../../domain/errors.js';
import { ANCHOR_FILE, HEAD_FILE } from './files.js';

const record = z.object({ v: z.literal(1), hash: z.string().regex(/^[0-9a-f]{64}$/) });

// A fixed length, so that one small write in place replaces the whole record.
const LENGTH = 96;

/** 'absent' is not 'unreadable': only a journal without events may lack its head. */
export type Recorded = { readonly hash: string } | 'absent' | 'unreadable';

export async function readHead(dir: string): Promise<Recorded> {
  const text = await readText(join(dir, HEAD_FILE));
  if (text === 'absent' || text === 'unreadable') return text;
  const parsed = record.safeParse(parseJson(text));
  return parsed.success && text === renderRecord(parsed.data.hash)
    ? { hash: parsed.data.hash }
    : 'unreadable';
}

const anchorRecord = record.extend({ from: z.string() });

/** What pruning left behind: the hash that the chain begins behind, and the first day file that counts. */
export type Anchor = { readonly hash: string; readonly from: string } | 'absent' | 'unreadable';

export async function readAnchor(dir: string): Promise<Anchor> {
  const text = await readText(join(dir, ANCHOR_FILE));
  if (text === 'absent' || text === 'unreadable') return text;
  const parsed = anchorRecord.safeParse(parseJson(text));
  return parsed.success ? { hash: parsed.data.hash, from: parsed.data.from } : 'unreadable';
}

export function renderAnchor(hash: string, from: string): string {
  return `${JSON.stringify({ v: 1, hash, from })}\n`;
}

/** Throws the system's own error. */
export async function writeHead(dir: string, hash: string): Promise<void> {
  const path = join(dir, HEAD_FILE);
  const handle = await open(path, 'r+').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return open(path, 'wx', 0o600);
    throw error;
  });
  try {
    await handle.write(renderRecord(hash), 0);
  } finally {
    await handle.close();
  }
}

function renderRecord(hash: string): string {
  return `${JSON.stringify({ v: 1, hash }).padEnd(LENGTH - 1)}\n`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? 'absent' : 'unreadable';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

// Looks for secrets in bytes as they stream by. A hit names the rule and the line and nothing else: whoever reads the
// report must not learn the secret from it.
import { CONTENT_RULES, mayHold, type SecretRule } from './rules.js';

export interface SecretHit {
  readonly rule: SecretRule;
  /** From 1. */
  readonly line: number;
}

export interface SecretScan {
  /** The next bytes, in chunks of any size: the result is that of the whole. */
  update(chunk: Uint8Array): void;
  /** The first hit of what has come so far, as if it ended here; null: none. */
  result(): SecretHit | null;
}

/** Longer lines are looked at in windows of so many bytes … */
const WINDOW = 64 * 1024;
/** … that overlap by this much: a longer token may be missed. */
const OVERLAP = 16 * 1024;

/** As git decides it: a NUL in the first bytes makes a file binary. */
const HEAD = 8_000;

/** Bytes that are taken at once; String.fromCharCode has a limit of arguments. */
const PIECE = 8 * 1024;

const UTF16 = ['\u00ff\u00fe', '\u00fe\u00ff'];

/**
 * A scan of one file, in bounded memory. Text is held against every rule (UTF-16 with its mark too); a binary file only
 * against the headers of private keys, for anything else looks alike by chance in there.
 */
export function createSecretScan(): SecretScan {
  let seen = 0;
  let mark = '';
  let binary = false;
  let line = 1;
  /** The line so far, or its last window; `whole` while nothing of it was cut off. */
  let pending = '';
  let whole = true;
  let first: SecretHit | null = null;
  let firstKey: SecretHit | null = null;

  const settled = (): boolean => seen >= HEAD && (binary ? firstKey !== null : first !== null);

  function note(hit: SecretHit | null): void {
    first ??= hit;
    if (hit?.rule === 'private-key') firstKey ??= hit;
  }

  function take(text: string): void {
    if (mark.length < 2) mark = (mark + text).slice(0, 2);
    const wide = UTF16.includes(mark);
    if (!wide && text.slice(0, Math.max(0, HEAD - seen)).includes('\0')) binary = true;
    seen += text.length;
    const plain = wide ? text.replaceAll('\0', '') : text;
    let from = 0;
    for (const { 0: end, index } of plain.matchAll(/[\n\r\0]/g)) {
      extend(plain.slice(from, index));
      close();
      if (end === '\n') line += 1;
      from = index + 1;
    }
    extend(plain.slice(from));
  }

  function extend(text: string): void {
    pending += text;
    while (pending.length > WINDOW) {
      look(pending.slice(0, WINDOW), false);
      pending = pending.slice(WINDOW - OVERLAP);
      whole = false;
    }
  }

  function close(): void {
    look(pending, true);
    pending = '';
    whole = true;
  }

  function look(text: string, ends: boolean): void {
    for (const hit of hitsIn(text, line, whole, ends)) note(hit);
  }

  return {
    update(chunk) {
      for (let at = 0; at < chunk.length && !settled(); at += PIECE) {
        take(String.fromCharCode(...chunk.subarray(at, at + PIECE)));
      }
    },
    result() {
      const last = [...hitsIn(pending, line, whole, true)];
      if (binary) return firstKey ?? last.find(({ rule }) => rule === 'private-key') ?? null;
      return first ?? last[0] ?? null;
    },
  };
}

/**
 * Hits of one line or one window of it. What touches the edge of a window is left to the neighbour, which has all of it:
 * here it would be cut, and half of a word can look like a token.
 */
function* hitsIn(text: string, line: number, begins: boolean, ends: boolean): Generator<SecretHit> {
  if (!mayHold(text)) return;
  for (const { rule, find } of CONTENT_RULES) {
    for (const { start, end } of find(text)) {
      if ((begins || start > 0) && (ends || end < text.length)) {
        yield { rule, line };
        break;
      }
    }
  }
}

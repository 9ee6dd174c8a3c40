// A link in a notification that leads to the card of one question: bound to request and plan hash by a key that only this node has,
// and worthless when the question is over. It shows the card first; to decide takes a second step.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errnoOf, NxsError } from '../../domain/errors.js';
import { healingDir } from './monitor-file.js';

export interface LinkFor {
  readonly incident: string;
  readonly request: string;
  readonly planHash: string;
}

/** Path of the front's page. */
export const ANSWER_PATH = '/answer/';

export function linkPath(stateDir: string, link: LinkFor): string {
  return `${ANSWER_PATH}${link.incident}/${proofOf(stateDir, link)}`;
}

export function isProof(stateDir: string, link: LinkFor, given: string): boolean {
  const wanted = Buffer.from(proofOf(stateDir, link));
  const typed = Buffer.from(given);
  return wanted.length === typed.length && timingSafeEqual(wanted, typed);
}

function proofOf(stateDir: string, { incident, request, planHash }: LinkFor): string {
  return createHmac('sha256', keyOf(stateDir))
    .update(`${incident}\n${request}\n${planHash}`)
    .digest('base64url');
}

const KEY_BYTES = 32;

/** Made whole beside its place and put there by one link: neither a full disk nor a faster process leaves half a key. */
function keyOf(stateDir: string): Buffer {
  const file = path.join(healingDir(stateDir), 'link.key');
  const key = readKey(file);
  if (key !== null) return key;
  mkdirSync(healingDir(stateDir), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${String(process.pid)}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(fresh, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
    // A damaged one is worth nothing.
    if (existsSync(file) && readKey(file) === null) rmSync(file);
    linkSync(fresh, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const made = readKey(file);
  if (made === null) throw new NxsError('STATE_UNREADABLE', `${file} is no key; remove it.`);
  return made;
}

/** null: there is none, or it is none. */
function readKey(file: string): Buffer | null {
  try {
    const key = readFileSync(file);
    return key.length === KEY_BYTES ? key : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

// A link in a notification that leads to the card of one question: bound to request and plan hash by a key that only this node has,
// and worthless when the question is over. It shows the card first; to decide takes a second step.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

function keyOf(stateDir: string): Buffer {
  const file = path.join(healingDir(stateDir), 'link.key');
  try {
    return readFileSync(file);
  } catch {
    mkdirSync(healingDir(stateDir), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
    } catch {
      // Another process of ours was faster.
    }
    return readFileSync(file);
  }
}

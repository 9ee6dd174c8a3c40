// Where the local cluster lives, and what is written down about it between commands.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Ports in a row: PostgreSQL, then the server's ten. */
const PORTS = 11;

/** NXS_CLUSTER_DIR, else a directory of this user in the temporary one. */
export function clusterDirectory() {
  return resolve(process.env.NXS_CLUSTER_DIR ?? join(tmpdir(), `nxs-cluster-${userInfo().uid}`));
}

/**
 * @typedef {{ password: string, base: number, server: number | null }} State
 * base: PostgreSQL's port, the server's frontend is the next one; server: pid of the server
 */

/** @returns {State | null} null when there is no cluster */
export function readState(directory) {
  const file = stateFile(directory);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** @param {State} state */
export function writeState(directory, state) {
  writeFileSync(stateFile(directory), JSON.stringify(state), { mode: 0o600 });
}

/** The state of the cluster in this directory; a new one when there was none. */
export async function openPlace(directory) {
  const known = readState(directory);
  if (known !== null) return known;
  mkdirSync(directory, { recursive: true });
  // PostgreSQL runs as a user of its own when we are root, and has to get at its directory below.
  chmodSync(directory, 0o711);
  const state = { password: randomBytes(24).toString('hex'), base: await freeBase(), server: null };
  writeState(directory, state);
  return state;
}

export function removePlace(directory) {
  rmSync(directory, { recursive: true, force: true });
}

/** @param {State} state */
export function frontend({ base }) {
  return `127.0.0.1:${base + 1}`;
}

function stateFile(directory) {
  return join(directory, 'cluster.json');
}

// Below the range that the kernel hands out by itself, so that nobody takes one while the server is away.
async function freeBase() {
  for (let tries = 0; tries < 100; tries += 1) {
    const base = 10_000 + Math.floor(Math.random() * 1_500) * PORTS;
    const free = await Promise.all(Array.from({ length: PORTS }, (_, n) => isFree(base + n)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${PORTS} free ports in a row were found on 127.0.0.1`);
}

function isFree(port) {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

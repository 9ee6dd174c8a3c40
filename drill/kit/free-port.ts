// Ports below the range from which the system takes the local ends of connections: a stand-in that was killed finds its port free again.
import { randomInt } from 'node:crypto';
import { isFree } from '../../adapters/temporal/ports.js';

const LOWEST = 10_240;
const BEYOND = 32_700;
const TRIES = 200;

const given = new Set<number>();

/** A free loopback port that nobody else of this process was given. Throws when the machine has none. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, BEYOND);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port, '127.0.0.1')) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${BEYOND}`);
}

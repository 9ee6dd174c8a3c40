import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './root.js';

/** Where peers are kept between runs. */
const KEPT = path.join(ROOT, 'node_modules/.cache/nxs-bench');

/** The last line that bench/peers/<script> prints: a path. Or a sentence why the peer cannot be had. */
export async function findPeer(
  script: string,
  ...args: readonly string[]
): Promise<{ readonly path: string } | { readonly reason: string }> {
  try {
    const file = path.join(ROOT, 'bench/peers', script);
    const { stdout } = await promisify(execFile)('bash', [file, KEPT, ...args], { timeout: 1_200_000 });
    return { path: stdout.trim().split('\n').at(-1) ?? '' };
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return { reason: said ?? '' };
  }
}

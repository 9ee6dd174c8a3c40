// The cluster of `npm run test:cluster`, and what can be done to it: scripts/cluster-local.mjs as a person runs it.
import { join } from 'node:path';
import { collect, ROOT, sealedEnv } from './e2e-cli.js';
import { spawn } from 'node:child_process';

export interface Cluster {
  /** host:port of the server's frontend. */
  readonly address: string;
  /** Runs a command of the script. Throws when it fails. */
  run(...args: readonly string[]): Promise<string>;
}

/** The one that this run was given; null without one (NXS_TEST_CLUSTER is its directory). */
export function givenCluster(): Cluster | null {
  const { NXS_TEST_CLUSTER: directory, NXS_TEST_TEMPORAL: address } = process.env;
  if (directory === undefined || address === undefined) return null;
  return {
    address,
    async run(...args) {
      const script = join(ROOT, 'scripts/cluster-local.mjs');
      const env = sealedEnv({ NXS_CLUSTER_DIR: directory });
      const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const { code, stdout, stderr } = await collect(child);
      if (code !== 0)
        throw new Error(`cluster-local ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
      return stdout;
    },
  };
}

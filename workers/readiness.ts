// What `/readyz` says, for `nxs status` and `nxs doctor` alike.
import type { Config } from '../config/types.js';
import { askFront } from './front-client.js';
import type { RunFile } from './run-file.js';

export type Readiness =
  | { readonly kind: 'none' }
  | { readonly kind: 'silent'; readonly run: RunFile }
  | {
      readonly kind: 'answer';
      readonly run: RunFile;
      readonly ready: boolean;
      /** Checks that fail, by name. */
      readonly failing: readonly string[];
      /** What the worker says of it. */
      readonly detail: string | null;
    };

/** Asks the front that run.json names. Never rejects. */
export async function readReadiness(config: Pick<Config, 'nxs' | 'stateDir'>): Promise<Readiness> {
  const reply = await askFront(config, '/readyz');
  if (reply.kind !== 'answer') return reply;
  const checks = reply.body?.['checks'];
  const detail = reply.body?.['detail'];
  const failing =
    typeof checks === 'object' && checks !== null
      ? Object.entries(checks).flatMap(([name, good]) => (good === true ? [] : [name]))
      : [];
  return {
    kind: 'answer',
    run: reply.run,
    ready: reply.status === 200,
    failing,
    detail: typeof detail === 'string' ? detail : null,
  };
}

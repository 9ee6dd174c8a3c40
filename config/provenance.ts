// What a Config knows but must not show: the environment it was filled from and the values that are secrets. Kept
// beside it, not inside, so that no log, JSON or error that prints a Config can print these.
import type { Config } from './types.js';
import type { Environment } from './yaml/fill.js';

export interface Provenance {
  /** The real environment with `.env` beneath it, and NXS_STATE_DIR, NXS_DATA_DIR, NXS_NODE. */
  readonly env: Environment;
  readonly secrets: readonly string[];
}

const kept = new WeakMap<Config, Provenance>();

/**
 * Whatever was a secret in this process once: logs outlive a reload, and a token that was replaced may still be in force
 * where it was issued.
 */
const remembered = new Set<string>();

export function keepProvenance(config: Config, provenance: Provenance): void {
  kept.set(config, provenance);
  for (const secret of provenance.secrets) remembered.add(secret);
}

/** A secret that came from elsewhere than the configuration itself (`token_file`). */
export function rememberSecret(secret: string): void {
  if (secret !== '') remembered.add(secret);
}

/** Every secret of every configuration that this process has loaded. */
export function everySecret(): ReadonlySet<string> {
  return remembered;
}

/** The environment that a configuration was filled from, `.env` included; empty for one that no loader made. */
export function environmentOf(config: Config): Environment {
  return kept.get(config)?.env ?? {};
}

/** Every secret value of a configuration: marked fields, and variables named TOKEN, KEY, SECRET or PASS(WORD). */
export function secretsOf(config: Config): readonly string[] {
  return kept.get(config)?.secrets ?? [];
}

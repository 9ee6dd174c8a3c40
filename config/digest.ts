import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/journal-canonical.js';
import { CONFIG_PARTS, redactPart } from './redact.js';
import type { Config } from './types.js';

/**
 * SHA-256 over what is in force, with every secret hidden: a digest of a short password would give it away. So another value of a
 * secret alone leaves it as it was.
 */
export function configDigest(config: Config): string {
  const { node, dataDir, stateDir } = config;
  const parts = CONFIG_PARTS.map((part) => [part, redactPart(config, part)] as const);
  const effective = { node, dataDir, stateDir, ...Object.fromEntries(parts) };
  return createHash('sha256').update(canonicalJson(effective)).digest('hex');
}

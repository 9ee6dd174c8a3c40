// What is allowed but probably not meant. A warning never stops a start.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chain } from './directories.js';
import { FILE_NAMES, type FileName } from './files.js';
import type { Located } from './locate.js';
import { isLoopback } from './cross-check.js';
import type { Config } from './types.js';
import type { Validated } from './validate.js';

/** Warnings about the files themselves: strangers in the directories, secrets that others can read. */
export async function placeWarnings(
  chain: Chain,
  located: readonly Located[],
  results: ReadonlyMap<FileName, Validated>,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const dir of chain.dirs) {
    if (dir === chain.packageDir) continue;
    const names = await readdir(dir).catch(() => []);
    for (const name of names) {
      if (!/\.ya?ml$/i.test(name) || FILE_NAMES.some((known) => `${known}.yaml` === name)) continue;
      warnings.push(
        `${join(dir, name)} is not read: the files are ${FILE_NAMES.map((each) => `${each}.yaml`).join(', ')}.`,
      );
    }
  }
  for (const { name, origin, mode } of located) {
    if (origin.origin === 'user' && (mode & 0o002) !== 0) {
      warnings.push(
        `${origin.path} can be written by everybody on this machine, and what it says is done as you: run chmod o-w ${origin.path}.`,
      );
    }
    const literal = results.get(name)?.literalSecrets.some((value) => value.length >= 16) === true;
    if (literal && origin.origin === 'user' && (mode & 0o077) !== 0) {
      warnings.push(
        `${origin.path} holds a secret and others can read it: run chmod 600 ${origin.path}, or move the secret to .env.`,
      );
    }
  }
  return warnings;
}

/** Shorter ones can be guessed, characters. `openssl rand -hex 16` gives twice as many. */
const SHORT_SECRET = 16;

/** Where clouds keep the keys of a machine; no model ever lived there. */
const METADATA = /^(169\.254\.|\[?fe80:|metadata\.google\.internal$|\[?fd00:ec2:)/i;

/** Warnings about settings that have less effect than they seem to have, or another one. */
export function settingWarnings(config: Pick<Config, 'nxs' | 'providers'>): readonly string[] {
  const warnings: string[] = [];
  const secrets = [
    ['http.token', config.nxs.http.token],
    ['gateway.api_key', config.nxs.gateway.api_key],
  ] as const;
  for (const [key, value = ''] of secrets) {
    if (value !== '' && value.length < SHORT_SECRET)
      warnings.push(
        `${key} in nxs.yaml is short enough to be guessed; \`openssl rand -hex 16\` makes a good one.`,
      );
  }
  for (const { name, base_url: url } of config.providers.providers) {
    if (METADATA.test(new URL(url).hostname))
      warnings.push(
        `Provider ${name} is at ${new URL(url).hostname}, where clouds keep the keys of a machine: prompts are posted there.`,
      );
  }
  const cap = config.providers.failover.max_retries_per_provider;
  for (const { name, retry } of config.providers.providers) {
    if (retry > cap)
      warnings.push(
        `Provider ${name}: retry ${retry} is capped to ${cap} by failover.max_retries_per_provider.`,
      );
  }
  const { temporal } = config.nxs;
  if (temporal.mode === 'external' && temporal.tls === null) {
    const host = temporal.address.slice(0, temporal.address.lastIndexOf(':'));
    if (!isLoopback(host))
      warnings.push(`Temporal at ${temporal.address} is reached without TLS; set temporal.tls in nxs.yaml.`);
  }
  return warnings;
}

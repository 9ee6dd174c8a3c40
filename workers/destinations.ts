// From an entry of backup-manifest.yaml to a destination that can be used, or the reason why it cannot.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfiguredDestination } from '../activities/backup/ports.js';
import { openAgeCodec } from '../adapters/boxes/age.js';
import { createBoxedDestination } from '../adapters/boxes/destination.js';
import { createGitDestination } from '../adapters/git/destination.js';
import { createGithubDestination, type GithubOptions } from '../adapters/github/destination.js';
import { openNet } from '../adapters/net/fetch.js';
import { rememberSecret } from '../config/provenance.js';
import type { Config, DestinationConfig } from '../config/types.js';
import { unsetUnder } from '../config/unset.js';
import type { Destination } from '../domain/backup/ports.js';
import { errorMessage, NxsError } from '../domain/errors.js';
import { backupPaths } from './backup-paths.js';

/** Encrypted files are cut at this many bytes where the destination itself sets no limit: one box is held in memory. */
const PART_BYTES = 32 * 1024 * 1024;

type GithubConfig = Extract<DestinationConfig, { type: 'github' }>;

/** Longest silence of GitHub before its headers and between two pieces of a body, ms. */
const SILENCE_MS = 30_000;

/** The destination of one entry. Opens no connection. */
export function destinationOf(each: DestinationConfig, index: number, config: Config): ConfiguredDestination {
  const { name, type: kind } = each;
  const location = each.type === 'git' ? each.path : `${each.owner}/${each.repo}`;
  const closed = (note: string): ConfiguredDestination => ({
    state: 'not_configured',
    name,
    kind,
    location,
    note,
  });
  const unset = unsetUnder(config, 'backup-manifest', `backup.destinations[${index}]`);
  if (unset.length > 0) return closed(`${unset.join(', ')} is not set`);
  try {
    return { state: 'ready', name, kind, store: storeOf(each, config) };
  } catch (error) {
    return closed(errorMessage(error));
  }
}

/** Throws NxsError CONFIG_INVALID when its token or its keys cannot be had. */
function storeOf(each: DestinationConfig, config: Config): Destination {
  const { gitHome } = backupPaths(config.stateDir);
  if (each.type === 'github')
    return boxed(createGithubDestination(githubOptions(each, config)), each, config);
  const { name, path: at, branch } = each;
  const plain = createGitDestination({ name, path: at, prefix: prefixOf(each), branch, gitHome });
  return each.encryption === undefined ? plain : boxed(plain, each, config);
}

/** Never in the clear where encryption was asked for: a key that does not do is an error here, before anything is sent. */
function boxed(inner: Destination, each: DestinationConfig, config: Config): Destination {
  const { encryption } = each;
  const { gitHome, boxes: scratch } = backupPaths(config.stateDir);
  const codec =
    encryption === undefined
      ? 'parts'
      : openAgeCodec({ recipients: encryption.recipients, identityFile: encryption.identity_file });
  const largest = each.type === 'github' && each.oversize === 'refuse' ? inner.largest : null;
  return createBoxedDestination(inner, {
    codec,
    partSize: inner.largest ?? PART_BYTES,
    scratch,
    gitHome,
    largest,
  });
}

/** Throws NxsError CONFIG_INVALID when its token cannot be had. */
export function githubOptions(each: GithubConfig, config: Config): GithubOptions {
  const { name, owner, repo, branch, base_url: baseUrl, pace } = each;
  const { dir, gitHome } = backupPaths(config.stateDir);
  return {
    name,
    owner,
    repo,
    branch,
    prefix: prefixOf(each),
    token: tokenOf(each),
    baseUrl,
    pace: { interval: pace.interval, perMinute: pace.per_minute, perHour: pace.per_hour },
    stateDir: path.join(dir, 'github'),
    gitHome,
    fetch: openNet({ env: process.env, silence: SILENCE_MS }).fetch,
  };
}

function prefixOf({ prefix }: DestinationConfig): string {
  return prefix === undefined || prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`;
}

function tokenOf({ token, token_file: file }: GithubConfig): string {
  const invalid = (why: string): NxsError => new NxsError('CONFIG_INVALID', why);
  if (token !== undefined) return token.trim();
  if (file === undefined) throw invalid('it has neither token nor token_file');
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw invalid(`${file} can be read by others: chmod 600 ${file}`);
    }
    const text = readFileSync(file, 'utf8').trim();
    if (text === '' || /\s/.test(text)) throw invalid(`${file} does not hold one token`);
    rememberSecret(text);
    return text;
  } catch (error) {
    throw error instanceof NxsError
      ? error
      : invalid(`the token in ${file} cannot be read (${errorMessage(error)})`);
  }
}

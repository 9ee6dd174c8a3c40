// backup-manifest.yaml: what is backed up, where to, how often, and how soon every byte was read back.
import * as z from 'zod';
import { duration, formatDuration } from './duration.js';
import { refuseTwins } from './rules.js';
import { secret } from './secret.js';
import { httpUrl, localPath, name, relativePath, text } from './text.js';

const encryption = z.strictObject({
  type: z.literal('age').describe('The age format.'),
  recipients: z
    .array(text())
    .min(1, { error: 'expected at least one recipient' })
    .describe('Public keys that can read the backup.'),
  identity_file: localPath().describe(
    'File with the private key, for verification and restore; never uploaded.',
  ),
});

const shared = {
  name: name().describe('Name of the destination in commands and records.'),
  branch: text().default('main').describe('Branch that holds the backups.'),
  prefix: relativePath()
    .optional()
    .describe('Subtree of this node in a destination that several share; left out: the whole tree.'),
  encryption: encryption.optional().describe('Encrypt on this machine before anything leaves it.'),
};

const git = z.strictObject({
  type: z.literal('git').describe('A bare git repository on a disk of this machine.'),
  ...shared,
  path: localPath().describe('Directory of the bare repository; made when it is missing.'),
});

const pace = z.strictObject({
  interval: duration({ min: '0s' })
    .prefault('1s')
    .describe(
      'Time between two writes; GitHub asks for a second. GitHub Enterprise without limits may take 0s.',
    ),
  per_minute: z
    .int()
    .positive()
    .default(80)
    .describe('Writes in a minute, over all destinations of the token.'),
  per_hour: z
    .int()
    .positive()
    .default(500)
    .describe('Writes in an hour, over all destinations of the token.'),
});

const github = z.strictObject({
  type: z.literal('github').describe('A repository on GitHub or GitHub Enterprise, over its API.'),
  ...shared,
  owner: text().describe('Owner of the repository.'),
  repo: text().describe('Name of the repository.'),
  token: secret()
    .optional()
    .describe(
      'Token with contents read and write; an unset variable makes the destination "not configured".',
    ),
  token_file: localPath().optional().describe('File that holds the token, instead of `token`.'),
  base_url: httpUrl()
    .default('https://api.github.com')
    .describe('API root; for GitHub Enterprise https://HOST/api/v3. Plain http only on this machine.'),
  oversize: z
    .enum(['split', 'refuse'])
    .default('split')
    .describe('Files over 35 MB: stored in parts, or refused.'),
  pace: pace.prefault({}).describe('How fast we write.'),
});

const entry = z.strictObject({
  local: relativePath().describe('File, directory or glob in the data directory.'),
  remote: relativePath().describe('Target path; one that ends in "/" is a directory.'),
  optional: z.boolean().default(false).describe('true: nothing there yet is fine; false: that is an error.'),
});

const verify = z.strictObject({
  every: duration({ min: '1m' }).prefault('1h').describe('How often a share of the bytes is read back.'),
  within: duration({ min: '1h' })
    .prefault('7d')
    .describe('Within this time every stored byte was read back and hashed.'),
});

const drill = z.strictObject({
  every: duration({ min: '1h' })
    .prefault('7d')
    .describe('How often a whole restore into a scratch directory is tried.'),
});

const manifest = z.strictObject({
  every: duration({ min: '1m' }).prefault('1h').describe('How often a backup runs.'),
  recency_limit: duration({ min: '1m' })
    .optional()
    .describe('A last proved backup older than this starts one and counts as bad; default twice `every`.'),
  destinations: z
    .array(z.discriminatedUnion('type', [git, github]))
    .min(1, { error: 'expected at least one destination' })
    .describe('Where backups go; each is written and proved on its own.'),
  files: z
    .array(entry)
    .min(1, { error: 'expected at least one entry: an empty list would back up nothing and look green' })
    .describe('What is backed up, and under which name.'),
  exclude: z
    .array(text())
    .default([])
    .describe('Globs that are left out; one without "/" counts at any depth.'),
  max_file_bytes: z
    .int()
    .positive()
    .optional()
    .describe('Larger files are refused, in bytes; left out: no limit.'),
  verify: verify.prefault({}).describe('Rolling verification.'),
  restore_drill: drill.prefault({}).describe('Restores tried for practice.'),
});

/** Schema of backup-manifest.yaml. */
export const backupSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    backup: manifest.describe('The backup of this node.'),
  })
  .superRefine(({ backup }, context) => {
    refuseTwins(backup.destinations, ['backup', 'destinations'], 'destination', context);
    backup.destinations.forEach((each, index) => {
      if (each.type !== 'github' || each.token === undefined || each.token_file === undefined) return;
      const message = 'cannot stand beside `token`: keep one of the two';
      context.addIssue({ code: 'custom', path: ['backup', 'destinations', index, 'token_file'], message });
    });
    if (backup.recency_limit !== undefined && backup.recency_limit < backup.every) {
      const message = `is shorter than backup.every (${formatDuration(backup.every)}), so every backup would be too old before the next one`;
      context.addIssue({ code: 'custom', path: ['backup', 'recency_limit'], message });
    }
    if (backup.verify.within < backup.verify.every) {
      const message = `is shorter than backup.verify.every (${formatDuration(backup.verify.every)}), so it can never be kept`;
      context.addIssue({ code: 'custom', path: ['backup', 'verify', 'within'], message });
    }
  })
  .transform(({ backup }) => ({
    backup: { ...backup, recency_limit: backup.recency_limit ?? 2 * backup.every },
  }))
  .meta({ title: 'backup-manifest.yaml' });

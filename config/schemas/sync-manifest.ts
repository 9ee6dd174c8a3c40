// sync-manifest.yaml: what the nodes share and how two versions become one. The source document's file loads
// unchanged. Where the hub is stands in nxs.yaml.
import * as z from 'zod';
import { duration } from './duration.js';
import { relativePath, text } from './text.js';

const rule = z.strictObject({
  pattern: relativePath().describe(
    'Glob of the files that this rule is for; the first rule that fits counts.',
  ),
  strategy: z
    .enum(['append', 'replace', 'append-date'])
    .describe(
      'append: entries of both sides; replace: the later version; append-date: both files, the second under a dated name.',
    ),
});

const manifest = z.strictObject({
  interval: duration({ min: '10s' })
    .prefault('5m')
    .describe('The cycle that runs even when nothing was noticed.'),
  conflict_resolution: z
    .enum(['last-write-wins'])
    .default('last-write-wins')
    .describe('Rule of files that no merge rule names; the loser is kept beside and logged.'),
  include: z
    .array(relativePath())
    .min(1, { error: 'expected at least one pattern: an empty list would sync nothing' })
    .describe('Globs of the files that nodes share.'),
  exclude: z
    .array(text())
    .default([])
    .describe('Globs that are left out; one without "/" counts at any depth.'),
  merge_rules: z.array(rule).default([]).describe('How two versions of a file become one.'),
  settle: duration({ max: '1m' })
    .prefault('300ms')
    .describe('A file must be at rest for this long before it is read.'),
  push_interval: duration().prefault('10s').describe('At most one push in this time to an ssh or https hub.'),
  poll: duration({ min: '1s' }).prefault('60s').describe('How often the tip of the hub is looked at.'),
  max_file_bytes: z.int().positive().default(10_000_000).describe('Larger files are not synced, in bytes.'),
});

/** Schema of sync-manifest.yaml. */
export const syncSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    sync: manifest.describe('What the nodes share.'),
  })
  .meta({ title: 'sync-manifest.yaml' });

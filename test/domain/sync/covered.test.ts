import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { coverage, type CoverageRules } from '../../../domain/sync/covered.js';

/** The document's manifest, word for word. */
const SEED = `
sync:
  include:
    - "memory/*.md"
    - "MEMORY.md"
    - "DECISION-LOG.md"
    - "TECHNOLOGY-MATRIX.md"
    - "config/*.yaml"
  exclude:
    - "*.tmp"
    - "*.log"
    - "credentials/**"
    - "cache/**"
  merge_rules:
    - pattern: "DECISION-LOG.md"
      strategy: "append"
    - pattern: "MEMORY.md"
      strategy: "replace"
    - pattern: "memory/*.md"
      strategy: "append-date"
`;
const { sync } = parse(SEED) as {
  sync: Omit<CoverageRules, 'rules'> & { merge_rules: CoverageRules['rules'] };
};
const seed = coverage({ ...sync, rules: sync.merge_rules });

function including(include: readonly string[], exclude: readonly string[] = []) {
  return coverage({ include, exclude, rules: [] });
}

describe('the manifest of the document', () => {
  it.each([
    ['memory/a.md', 'memory/*.md'],
    ['memory/.hidden.md', 'memory/*.md'],
    ['memory/ü 1.md', 'memory/*.md'],
    ['MEMORY.md', 'MEMORY.md'],
    ['DECISION-LOG.md', 'DECISION-LOG.md'],
    ['TECHNOLOGY-MATRIX.md', 'TECHNOLOGY-MATRIX.md'],
    ['config/a.yaml', 'config/*.yaml'],
    ['config/x', null],
    ['config/a.yml', null],
    ['config/deep/a.yaml', null],
    ['memory/deep/a.md', null],
    ['memory/a.md/b.md', null],
    ['memory/a.md/b', null],
    ['memory/a.txt', null],
    ['x/memory/a.md', null],
    ['x/MEMORY.md', null],
    ['memory.md', null],
    ['other', null],
  ])('shares %s by %s', (path, glob) => {
    expect(seed.globOf(path)).toBe(glob);
    expect(seed.covers(path)).toBe(glob !== null);
  });

  it.each([
    ['DECISION-LOG.md', 'append'],
    ['MEMORY.md', 'replace'],
    ['memory/a.md', 'append-date'],
    ['TECHNOLOGY-MATRIX.md', 'replace'],
    ['x/DECISION-LOG.md', 'replace'],
  ])('merges %s by %s', (path, strategy) => {
    expect(seed.strategyOf(path)).toBe(strategy);
  });

  it('leaves out what it says, at any depth', () => {
    const all = coverage({ ...sync, include: ['**'], rules: [] });
    for (const path of ['a.tmp', 'x/y/a.tmp', 'a.log', 'memory/a.log', 'cache/a', 'cache/x/y', 'a.tmp/b.md'])
      expect(all.covers(path), path).toBe(false);
    for (const path of ['a.tmpx', 'tmp', 'x/cache/a', 'cached/a']) expect(all.covers(path), path).toBe(true);
  });
});

describe('what a manifest cannot share', () => {
  it.each([
    '.git/config',
    'x/.git/config',
    '.nxs/merge-log/a.jsonl',
    '.nxs-root',
    '.nxs-sync/x',
    'credentials/x',
    'deep/credentials/x',
    '.env',
    'x/.env.local',
    'a.pem',
    'A.KEY',
    'x/id_rsa',
    '.ssh/config',
    '.netrc',
    'my-kubeconfig.yaml',
  ])('%s', (path) => {
    expect(including(['**', path]).covers(path)).toBe(false);
  });
});

describe('patterns', () => {
  it('a name is a file, or a directory with all that is in it', () => {
    const { covers } = including(['./tasks/', '/docs', 'a.md']);
    for (const path of ['tasks/a', 'tasks/x/y', 'docs/a', 'docs', 'a.md'])
      expect(covers(path), path).toBe(true);
    for (const path of ['tasksx', 'x/tasks/a', 'docs.md']) expect(covers(path), path).toBe(false);
  });

  it('a star stops at a slash, two do not, and both see hidden files and odd names', () => {
    const { covers } = including(['*', 'tasks/**']);
    expect(['a', '.a', 'a\nb', 'tasks/x/y', 'tasks/.x/y'].map(covers)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(covers('x/y')).toBe(false);
  });

  it('the first include and the first rule count; an exclude goes before all of them', () => {
    const both = coverage({
      ...{ include: ['memory/**', 'memory/*.md'], exclude: ['memory/drafts'] },
      rules: [
        { pattern: 'memory/a.md', strategy: 'append' },
        { pattern: 'memory/**', strategy: 'append-date' },
      ],
    });
    expect(both.globOf('memory/a.md')).toBe('memory/**');
    expect([both.strategyOf('memory/a.md'), both.strategyOf('memory/b.md')]).toEqual([
      'append',
      'append-date',
    ]);
    expect(both.covers('memory/drafts/x.md')).toBe(false);
  });
});

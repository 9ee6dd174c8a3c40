// A destination is a directory that somebody else may have written to: a disk from elsewhere, a share. Its config may name programs.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkObjects } from '../../../adapters/git/batch-check.js';
import { readBlobs } from '../../../adapters/git/read-back.js';
import { listRevisions } from '../../../adapters/git/revisions.js';
import type { GitStore } from '../../../adapters/git/store.js';
import { scratch } from './fixtures.js';

const MISSING = 'a'.repeat(40);

interface Trap {
  readonly store: GitStore;
  readonly set: (key: string, value: string) => void;
  /** Puts a commit on the branch. */
  readonly commit: (header?: string) => void;
  /** A program that leaves a trace when it runs. */
  readonly program: string;
  readonly sprung: () => boolean;
}

function trap(): Trap {
  const dir = scratch();
  const at = path.join(dir, 'backup.git');
  const trace = path.join(dir, 'trace');
  const program = path.join(dir, 'program.sh');
  writeFileSync(program, `#!/bin/sh\ntouch '${trace}'\n`, { mode: 0o755 });
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', [...args], { cwd: dir, env, input, encoding: 'utf8', stdio: 'pipe' }).trim();
  git(['init', '-q', '--bare', '-b', 'main', at]);
  const inside = (args: readonly string[], input?: string) => git(['--git-dir', at, ...args], input);
  return {
    store: { name: 'usb', path: at, branch: 'main', gitHome: path.join(dir, 'home') },
    set: (key, value) => void inside(['config', key, value]),
    commit(header = '') {
      const tree = inside(['mktree']);
      const who = 'a <a@example.org> 1700000000 +0000';
      const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n${header}\nsubject\n`;
      const commit = inside(['hash-object', '-t', 'commit', '-w', '--stdin'], text);
      inside(['update-ref', 'refs/heads/main', commit]);
    },
    program,
    sprung: () => existsSync(trace),
  };
}

describe('a hostile destination', () => {
  it.each(['uploadpack', 'ssh'])('runs no program when an object is missing (%s)', async (way) => {
    const { store, set, program, sprung } = trap();
    set('core.repositoryformatversion', '1');
    set('extensions.partialClone', 'origin');
    set('remote.origin.promisor', 'true');
    set('remote.origin.url', way === 'ssh' ? 'ssh://elsewhere/x' : `file://${store.path}`);
    if (way === 'ssh') set('core.sshCommand', program);
    else set('remote.origin.uploadpack', program);
    expect(await checkObjects(store, [MISSING])).toEqual([null]);
    const blobs = [];
    for await (const blob of readBlobs(store, [{ oid: MISSING, size: 1 }])) blobs.push(blob);
    expect(blobs).toMatchObject([{ oid: MISSING, problem: 'missing' }]);
    expect(sprung()).toBe(false);
  });

  it('runs no program for a signature', async () => {
    const { store, set, commit, program, sprung } = trap();
    const mark = (word: string) => `-----${word} PGP SIGNATURE-----`;
    commit(`gpgsig ${mark('BEGIN')}\n \n abc\n ${mark('END')}\n`);
    set('log.showSignature', 'true');
    set('gpg.program', program);
    expect(await listRevisions(store, 3)).toMatchObject([{ subject: 'subject' }]);
    expect(sprung()).toBe(false);
  });
});

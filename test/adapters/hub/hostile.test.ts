// A hub is whatever somebody pushed there; one on a disk is also whatever somebody wrote there.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bare, commit, git, hubAt, scratch } from './fixtures.js';

describe('a hostile hub', () => {
  it.each(['hook', 'alternates'])('on a disk runs no program at a push (%s)', async (way) => {
    const remote = bare();
    const trace = path.join(scratch(), 'trace');
    if (way === 'hook')
      writeFileSync(path.join(remote, 'hooks', 'pre-receive'), `#!/bin/sh\ntouch '${trace}'\n`, {
        mode: 0o755,
      });
    else {
      writeFileSync(path.join(remote, 'objects/info/alternates'), `${path.join(bare(), 'objects')}\n`);
      git(remote, 'config', 'core.alternateRefsCommand', `touch '${trace}'; true`);
    }
    const hub = await hubAt(remote);
    expect(await hub.publish(await commit(hub, null, { 'a.md': 'one' }), null)).toBe('published');
    expect(existsSync(trace)).toBe(false);
  });

  it.each(['253402300800 +0000', '1700000000 +9999', '99999999999999 -9959'])(
    'with a commit of the time %s is read all the same',
    async (time) => {
      const remote = bare();
      const ask = (input: string, ...args: string[]) =>
        execFileSync('git', args, { cwd: remote, input, encoding: 'utf8', stdio: 'pipe' }).trim();
      const blob = ask('one', 'hash-object', '-w', '--stdin');
      const tree = ask(`100644 blob ${blob}\ta.md\n`, 'mktree');
      const who = `a <a@example.org> ${time}`;
      const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nx\n`;
      const tip = ask(text, 'hash-object', '-t', 'commit', '-w', '--stdin');
      git(remote, 'update-ref', 'refs/heads/main', tip);
      const hub = await hubAt(remote);
      expect(await hub.fetch()).toBe(tip);
      expect(await hub.versions('a.md', [tip])).toMatchObject([{ oid: blob, node: 'a' }]);
    },
  );
});

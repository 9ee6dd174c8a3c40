// The other implementation of age (the Debian package) against ours: what a person does by hand when nxs is not at hand.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { collect, once } from '../../../adapters/boxes/streams.js';
import { git, noise, scratch } from '../git/fixtures.js';
import { boxLab, codecOf, newKey, PART, publish } from './fixtures.js';

const there = spawnSync('age', ['--version']).status === 0;
const test = it.skipIf(!there);
const why = there ? '' : ' (skipped: no `age` on this machine)';

test(`age opens the index and, put together, the boxes of a file${why}`, async () => {
  const key = await newKey();
  const at = await boxLab(codecOf(key));
  await publish(at, { 'large.bin': noise(3 * PART), empty: '', small: 'small' });
  const decrypt = (stored: Buffer): Buffer =>
    execFileSync('age', ['-d', '-i', key.identityFile], { input: stored, stdio: ['pipe', 'pipe', 'pipe'] });
  const show = (name: string): Buffer =>
    execFileSync('git', ['cat-file', 'blob', `main:${name}`], {
      env: { PATH: process.env['PATH'], GIT_DIR: at.store },
    });
  const lines = decrypt(show('.nxs/boxes.age')).toString().trim().split('\n').slice(1);
  const files = lines.map((line) => JSON.parse(line) as { path: string; boxes: { path: string }[] });
  const bytes = new Map(
    files.map(({ path: name, boxes }) => [name, decrypt(Buffer.concat(boxes.map((box) => show(box.path))))]),
  );
  expect(bytes.get('large.bin')).toEqual(noise(3 * PART));
  expect(bytes.get('small')).toEqual(Buffer.from('small'));
  expect(bytes.get('empty')).toEqual(Buffer.alloc(0));
  expect(files.find((file) => file.path === 'large.bin')?.boxes).toHaveLength(4);
  expect(git(at.store, 'fsck', '--strict')).toBe('');
});

test(`what age encrypted is read by us${why}`, async () => {
  const key = await newKey();
  const file = path.join(scratch(), 'plain');
  writeFileSync(file, noise(200_000));
  const stored = execFileSync('age', ['-r', key.recipient, file], { maxBuffer: 1_000_000 });
  expect(await collect(codecOf(key).decode(once(stored)))).toEqual(noise(200_000));
});

// Names that no file system, or not every one, can hold side by side.
import { describe, expect, it } from 'vitest';
import { numbered } from '../../../domain/sync/merge-file.js';
import { oidOf, played } from './support/cast.js';

const oid8 = (text: string) => oidOf(text).slice(0, 8);

describe('names that meet', () => {
  it('twins: the first in byte order keeps the name, the other one moves on both sides', () => {
    const moved = `notes.${oid8('two')}.md`;
    const { local, hub, plan } = played({ local: { 'notes.md': 'two' }, hub: { 'Notes.md': 'one' } });
    expect(local).toEqual({ 'Notes.md': 'one', [moved]: 'two' });
    expect(hub).toEqual(local);
    expect(plan.notes).toEqual([
      {
        ...{ path: 'notes.md', rule: 'twins', kept: null, lost: null, other: moved },
        detail: 'many file systems take it for "Notes.md"',
      },
    ]);
  });

  it('twins that were published and not yet applied are not published again', () => {
    const moved = `notes.${oid8('two')}.md`;
    const hub = { 'Notes.md': 'one', [moved]: 'two' };
    const again = played({ local: { 'notes.md': 'two' }, hub });
    expect([again.local, [...again.plan.publish.keys()]]).toEqual([hub, []]);
  });

  it('twins by accents and by letters that fold together; and three of them', () => {
    const { local } = played({ hub: { 'e\u0301': '1', é: '2', É: '3', straſe: '4', strase: '5' } });
    expect(Object.values(local).sort()).toEqual(['1', '2', '3', '4', '5']);
    expect(Object.keys(local)).toContain('e\u0301');
    expect(Object.keys(local)).toContain('strase');
    expect(Object.keys(local)).toContain(`É.${oid8('3')}`);
  });

  it('a file that is renamed to its twin is one file', () => {
    const { hub, told } = played({ base: { A: '1' }, local: { a: '1' }, hub: { A: '1' } });
    expect([hub, told]).toEqual([{ a: '1' }, []]);
  });

  it('a twin whose new name is not shared stays here, and leaves the hub', () => {
    const { local, hub } = played({
      ...{ base: { A: '1', a: '2' }, local: { A: '1', a: '2' }, hub: { A: '1', a: '2' } },
      covers: (path) => path.length === 1,
    });
    expect(local).toEqual({ A: '1', [`a.${oid8('2')}`]: '2' });
    expect(hub).toEqual({ A: '1' });
  });

  it('a file keeps its name, what is below goes on beside it', () => {
    const { local, hub, told } = played({ local: { 'x/a.md': '1', 'x/y/b.md': '2' }, hub: { x: 'file' } });
    const dir = `x.dir-${oid8('file')}`;
    expect(local).toEqual({ x: 'file', [`${dir}/a.md`]: '1', [`${dir}/y/b.md`]: '2' });
    expect(hub).toEqual(local);
    expect(told).toEqual(['file-vs-directory x/a.md', 'file-vs-directory x/y/b.md']);
  });

  it('a file and a directory whose names differ in case only', () => {
    const { local } = played({ local: { 'Config/a.yaml': '{}' }, hub: { config: 'file' } });
    expect(local).toEqual({ config: 'file', [`Config.dir-${oid8('file')}/a.yaml`]: '{}' });
  });

  it('a new name that is taken is numbered further', () => {
    const taken = `a.${oid8('2')}`;
    const { local } = played({ local: { A: '1', [taken]: 'x' }, hub: { a: '2' } });
    expect(local).toEqual({ A: '1', [taken]: 'x', [numbered(taken, oidOf('2'))]: '2' });
  });
});

describe('new names', () => {
  it.each([
    ['notes.md', 'notes.01234567.md'],
    ['a.b/notes', 'a.b/notes.01234567'],
    ['.hidden', '.hidden.01234567'],
    ['a/.hidden.md', 'a/.hidden.01234567.md'],
    ['x.tar.gz', 'x.tar.01234567.gz'],
  ])('%s -> %s', (path, expected) => {
    expect(numbered(path, '0123456789'.repeat(4))).toBe(expected);
  });
});

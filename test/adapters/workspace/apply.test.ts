import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExchange } from '../../../adapters/workspace/exchange.js';
import { change, contentsOf, copiesOf, filesOf, idOf, place, put, scan } from './fixtures.js';

const SYSTEMS = [
  ['with an exchange of names', loadExchange()],
  ['without one', null],
] as const;

describe.each(SYSTEMS)('apply %s', (_name, exchange) => {
  it('adds, replaces and deletes, and keeps what it replaced', async () => {
    const at = await place({ exchange });
    put(at.root, 'old.md', 'old');
    put(at.root, 'deep/gone.md', 'gone');
    const changes = [
      change('new/er/a.md', null, 'new'),
      change('old.md', 'old', 'changed'),
      change('deep/gone.md', 'gone', null),
    ];
    const results = await at.workspace.apply('c1', changes, contentsOf('new', 'changed'));
    expect(results.map(({ path: name, result, oid }) => [name, result, oid])).toEqual([
      ['deep/gone.md', 'done', null],
      ['new/er/a.md', 'done', idOf('new')],
      ['old.md', 'done', idOf('changed')],
    ]);
    expect(filesOf(at.root)).toEqual({ 'new/er/a.md': 'new', 'old.md': 'changed' });
    expect(copiesOf(at)).toEqual(['gone', 'old']);
    await at.workspace.settle();
    // The directory that was emptied is gone, and so is the one for staging.
    expect(readdirSync(at.root).sort()).toEqual(['.nxs-root', 'new', 'old.md']);
  });

  it('leaves a file alone that is not what it was', async () => {
    const at = await place({ exchange });
    put(at.root, 'a.md', 'somebody else');
    put(at.root, 'b.md', 'made meanwhile');
    const changes = [change('a.md', 'old', 'new'), change('b.md', null, 'new'), change('c.md', 'old', 'new')];
    const results = await at.workspace.apply('c1', changes, contentsOf('new'));
    expect(results.map(({ result }) => result)).toEqual(['raced', 'raced', 'raced']);
    expect(filesOf(at.root)).toEqual({ 'a.md': 'somebody else', 'b.md': 'made meanwhile' });
  });

  it('is done where the file is what it is to be', async () => {
    const at = await place({ exchange });
    put(at.root, 'a.md', 'new');
    const results = await at.workspace.apply(
      'c1',
      [change('a.md', 'old', 'new'), change('b.md', 'x', null)],
      contentsOf('new'),
    );
    expect(results.map(({ result }) => result)).toEqual(['done', 'done']);
    expect(copiesOf(at)).toEqual([]);
  });

  it('keeps the permissions of a file, and follows the one bit that git knows', async () => {
    const at = await place({ exchange });
    chmodSync(put(at.root, 'secretive.md', 'old'), 0o600);
    chmodSync(put(at.root, 'run.sh', 'same'), 0o640);
    const changes = [
      change('secretive.md', 'old', 'new'),
      change('run.sh', 'same', 'same', '100755'),
      change('fresh.sh', null, 'new', '100755'),
    ];
    await at.workspace.apply('c1', changes, contentsOf('new', 'same'));
    const modeOf = (name: string) => (statSync(path.join(at.root, name)).mode & 0o777).toString(8);
    expect([modeOf('secretive.md'), modeOf('run.sh')]).toEqual(['600', '750']);
    expect(Number.parseInt(modeOf('fresh.sh'), 8) & 0o100).toBe(0o100);
  });

  it('follows no link that took the place of a directory', async () => {
    const at = await place({ exchange });
    const outside = path.join(at.dir, 'outside');
    mkdirSync(outside);
    put(at.root, 'd/a.md', 'old');
    renameSync(path.join(at.root, 'd'), path.join(at.root, 'moved'));
    symlinkSync(outside, path.join(at.root, 'd'));
    const [result] = await at.workspace.apply('c1', [change('d/b.md', null, 'new')], contentsOf('new'));
    expect(result).toMatchObject({ result: 'failed', detail: expect.stringContaining('link') as string });
    expect(readdirSync(outside)).toEqual([]);
  });

  it('refuses names that lead out, and says what is in the way', async () => {
    const at = await place({ exchange });
    put(at.root, 'd/x.md', 'x');
    put(at.root, 'f', 'file');
    const changes = [
      change('../out.md', null, 'new'),
      change('d', null, 'new'),
      change('f/below.md', null, 'new'),
    ];
    const results = await at.workspace.apply('c1', changes, contentsOf('new'));
    expect(results.map(({ path: name, result }) => `${name} ${result}`).sort()).toEqual([
      '../out.md failed',
      'd failed',
      'f/below.md failed',
    ]);
    expect(filesOf(at.root)).toEqual({ 'd/x.md': 'x', f: 'file' });
  });

  it('lets a file take the place of a directory that goes', async () => {
    const at = await place({ exchange });
    put(at.root, 'd/x.md', 'x');
    await at.workspace.apply(
      'c1',
      [change('d', null, 'new'), change('d/x.md', 'x', null)],
      contentsOf('new'),
    );
    expect(filesOf(at.root)).toEqual({ d: 'new' });
  });

  it('is known to the scan and to the watcher afterwards', async () => {
    const at = await place({ exchange });
    put(at.root, 'a.md', 'old');
    await scan(at);
    await at.workspace.apply('c1', [change('a.md', 'old', 'new')], contentsOf('new'));
    expect(at.workspace.isKnown('a.md')).toBe(true);
    writeFileSync(path.join(at.root, 'a.md'), 'edited');
    expect(at.workspace.isKnown('a.md')).toBe(false);
  });

  it('brings back what a writer wrote into the copy after it was replaced', async () => {
    const at = await place({ exchange });
    put(at.root, 'a.md', 'old');
    const [result] = await at.workspace.apply('c1', [change('a.md', 'old', 'new')], contentsOf('new'));
    writeFileSync(path.join(at.dir, 'backups', result?.backup ?? ''), 'old, and a late word');
    await scan(at);
    const late = `a.${idOf('old, and a late word').slice(0, 8)}.md`;
    expect(filesOf(at.root)).toEqual({ 'a.md': 'new', [late]: 'old, and a late word' });
    rmSync(path.join(at.root, late));
    await scan(at);
    expect(filesOf(at.root)).toEqual({ 'a.md': 'new' });
  });
});

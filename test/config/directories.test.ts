import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataDirOf, nodeNameOf, validNodeName } from '../../config/directories.js';
import { NODE_NAME } from '../../domain/ids.js';

describe('the node name', () => {
  it.each([
    ['Home.Local', 'home.local'],
    ['my box!', 'my-box'],
    ['-x-', 'x'],
    ['日本', 'node'],
    ['', 'node'],
    ['a'.repeat(80), 'a'.repeat(63)],
  ])('of host %j is %j', (host, name) => {
    expect(validNodeName(host)).toBe(name);
  });

  it('is valid whatever the host is called', () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        expect(validNodeName(host)).toMatch(NODE_NAME);
      }),
    );
  });

  it('comes from NXS_NODE, else nxs.yaml, else the host', () => {
    expect(nodeNameOf({ NXS_NODE: 'a' }, 'b', 'c')).toBe('a');
    expect(nodeNameOf({ NXS_NODE: '' }, 'b', 'c')).toBe('b');
    expect(nodeNameOf({}, null, 'c')).toBe('c');
  });
});

describe('the data directory', () => {
  it("is the document's when that exists and nothing else is said, else ~/nxs", async () => {
    const seed = await mkdtemp(join(tmpdir(), 'nxs-seed-'));
    try {
      expect(dataDirOf({}, null, '/home/me', seed)).toBe(seed);
      expect(dataDirOf({}, '~/mine', '/home/me', seed)).toBe('/home/me/mine');
      expect(dataDirOf({ NXS_DATA_DIR: '/d' }, '~/mine', '/home/me', seed)).toBe('/d');
    } finally {
      await rm(seed, { recursive: true });
    }
    expect(dataDirOf({}, null, '/home/me', seed)).toBe('/home/me/nxs');
  });
});

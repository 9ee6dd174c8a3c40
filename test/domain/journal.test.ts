import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../domain/journal-canonical.js';
import { chain, checkLine, GENESIS, lineOf, parseLine } from '../../domain/journal-chain.js';
import { knownBodyOf } from '../../domain/journal.js';
import { sha256Text } from '../../adapters/journal/files.js';

const started = {
  v: 1,
  id: 'up-1',
  at: '2026-11-23T10:00:00.000Z',
  node: 'home',
  type: 'control-plane.started',
  data: { pid: 7, version: '1.9.1', http: 'http://127.0.0.1:8787' },
};

describe('canonical JSON', () => {
  it('does not depend on the order in which keys were set', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined })).toBe('{"b":[1,{"c":"é","d":null}]}');
    expect(canonicalJson({ x: 1, a: 2 })).toBe(canonicalJson({ a: 2, x: 1 }));
  });

  it('refuses what JSON would silently turn into null', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonicalJson([() => 1])).toThrow(TypeError);
  });
});

describe('an event', () => {
  it('reads back as it was written', () => {
    const event = chain(started, GENESIS, sha256Text);
    expect(parseLine(lineOf(event))).toEqual(event);
    expect(checkLine(lineOf(event), sha256Text)).toEqual({ event });
  });

  it('of a type from a later version is carried, not refused', () => {
    const event = chain({ ...started, v: 2, type: 'sync.finished', data: { files: 3 } }, GENESIS, sha256Text);
    const read = parseLine(lineOf(event));
    expect(read?.data).toEqual({ files: 3 });
    expect(read === null ? undefined : knownBodyOf(read)).toBeNull();
  });

  it('keeps fields that a later version added to the line or to its data', () => {
    const later = { ...started, mood: 'calm', data: { ...started.data, port: 7233 } };
    const event = chain(later, GENESIS, sha256Text);
    expect(checkLine(lineOf(event), sha256Text)).toHaveProperty('event.data.port', 7233);
    expect(knownBodyOf(event)?.type).toBe('control-plane.started');
  });

  it('is refused in any form but the canonical one', () => {
    const line = lineOf(chain(started, GENESIS, sha256Text));
    for (const edited of [
      line.replace(':', ': '),
      `${line} `,
      line.replace('"home"', String.raw`"h\u006fme"`),
    ]) {
      expect(checkLine(edited, sha256Text)).toHaveProperty('reason');
    }
    const [head = '', tail = ''] = line.split('"data":');
    expect(checkLine(`${head}"data":{"pid":1},"data":${tail}`, sha256Text)).toHaveProperty('reason');
  });
});

import { describe, expect, it } from 'vitest';
import { listing, readOptions, type RunWish } from '../../../bench/session/options.js';
import type { Suites } from '../../../bench/suites/suite.js';

const run = () => Promise.resolve([]);
const SUITES: Suites = {
  quick: { summary: 'soon over', run },
  slow: { summary: 'takes its time', rounds: 10, run },
  huge: { summary: 'takes an hour', onlyNamed: true, run },
};

function wish(...args: readonly string[]): RunWish {
  const read = readOptions(args, SUITES);
  if (typeof read === 'string' || read.kind !== 'run') throw new Error(`no run: ${JSON.stringify(read)}`);
  return read;
}

describe('the command line of the bench', () => {
  it('means every suite without a name, less those that want to be named', () => {
    expect(wish().suites.map(({ suite }) => suite)).toEqual(['quick', 'slow']);
    expect(wish('huge').suites.map(({ suite }) => suite)).toEqual(['huge']);
  });

  it('takes several names in their order, each once', () => {
    expect(wish('slow', 'quick', 'slow').suites.map(({ suite }) => suite)).toEqual(['slow', 'quick']);
  });

  it('gives a suite fewer rounds among all than when it is named, and takes what a person says before both', () => {
    expect(wish().suites.map(({ rounds }) => rounds)).toEqual([3, 3]);
    expect(wish('slow', 'quick').suites.map(({ rounds }) => rounds)).toEqual([10, 5]);
    expect(wish('--rounds', '2').suites.map(({ rounds }) => rounds)).toEqual([2, 2]);
  });

  it('hands idle time, peers and the file on', () => {
    const { suites, json } = wish(
      'quick',
      '--idle',
      '30',
      '--nodes',
      '7',
      '--with',
      'litellm',
      '--json',
      'out.json',
    );
    expect(suites[0]).toMatchObject({ idle: 30_000, nodes: 7, minutes: 5, with: ['litellm'] });
    expect(json).toBe('out.json');
    expect(wish('quick')).toMatchObject({ json: null, suites: [{ idle: 120_000, with: [] }] });
  });

  it.each([
    [['fast'], 'there is no suite "fast"; there are quick, slow, huge.'],
    [['quick', 'list'], 'there is no suite "list"; there are quick, slow, huge.'],
    [['--rounds', '0'], '--rounds "0" is no whole number above 0.'],
    [['--rounds', 'two'], '--rounds "two" is no whole number above 0.'],
    [['--idle', '0.5'], '--idle "0.5" is no whole number above 0.'],
    [['--nodes', '0'], '--nodes "0" is no whole number above 0.'],
    [['--with', 'bifrost'], '--with "bifrost" is no peer that waits to be asked for; there is litellm.'],
  ])('answers %j with one sentence', (args, sentence) => {
    expect(readOptions(args, SUITES)).toBe(sentence);
  });

  it('answers an unknown option with one sentence', () => {
    expect(readOptions(['--fast'], SUITES)).toContain("'--fast'");
  });

  it.each([[['list']], [['--help']], [['quick', '--help']]])('lists for %j', (args) => {
    expect(readOptions(args, SUITES)).toEqual({ kind: 'list' });
  });
});

describe('the list', () => {
  it('names every suite, and says which ones want to be named', () => {
    const lines = listing(SUITES).split('\n');
    expect(lines.filter((line) => /^ {2}(quick|slow|huge) /.test(line))).toHaveLength(3);
    expect(lines.filter((line) => line.includes('only when it is named'))).toEqual([
      expect.stringContaining('takes an hour'),
    ]);
  });
});

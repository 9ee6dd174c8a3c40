import { row, type Row } from '../measure/row.js';
import type { Series } from '../measure/series.js';

export function githubRows(counted: Series): Row[] {
  const count = (what: string, name: string, unit: string, bar?: number, note?: string) =>
    row({
      what,
      unit,
      ours: counted.of(name),
      ...(bar === undefined ? {} : { bar: { of: 'ours', most: bar } }),
      ...(note === undefined ? {} : { note }),
    });
  const time = (what: string, ours: string, peer: string | null, note: string, bar?: number) =>
    row({
      what,
      ours: counted.of(ours),
      ...(peer === null ? {} : { peer: counted.of(peer) }),
      ...(bar === undefined ? {} : { bar: { of: 'ratio', most: bar } }),
      note,
    });
  return [
    count('first run: requests', 'first requests', 'requests', 20, APART),
    count('first run: reads that prove', 'first proving', 'requests', undefined, ARCHIVE),
    count('first run: commits', 'first commits', 'commits', 1, COMMITS),
    count('no change: all requests', 'unchanged all', 'requests', 3),
    count('one changed file: all requests', 'changed all', 'requests', 7, 'its proof included'),
    count('verify --full: all requests, archive', 'full by archive all', 'requests'),
    count('verify --full: all requests, no archive', 'full by blob all', 'requests'),
    count('restore: all requests', 'restore all', 'requests'),
    time('first run, up to the commit', 'first', null, WARM),
    time('its proof, all bytes read back', 'proof', null, WARM),
    time('no change', 'unchanged', null, WARM),
    time('one changed file', 'changed', null, WARM),
    time('verify --full, archive / 8 at a time', 'full by archive', 'bare', EIGHT, 1),
    time('verify --full, archive / one by one', 'full by archive', 'bare in turn', IN_TURN, 1),
    time('verify --full, no archive / 8 at a time', 'full by blob', 'bare again', EIGHT, 1),
    time('verify --full, no archive / one by one', 'full by blob', 'bare in turn again', IN_TURN, 1),
    time('verify --full, archive / archive alone', 'full by archive', 'archive alone', ALONE),
    time('40 ms a request: archive / 8 at a time', 'far: full by archive', 'far: bare', FAR, 1),
    time('40 ms a request: no archive / 8 at a time', 'far: full by blob', 'far: bare', FAR, 1),
    time('restore, archive / 8 at a time', 'restore', 'bare restore', RESTORE),
    time('restore, no archive / 8 at a time', 'restore by blob', 'bare restore', RESTORE),
    time('CPU: verify --full, archive', 'cpu full by archive', 'cpu bare', CPU),
    time('CPU: verify --full, no archive', 'cpu full by blob', 'cpu bare again', CPU),
  ];
}

const APART = 'counted by the peer, reads of blobs and archives apart; in a process that lives on';
const ARCHIVE = 'one archive is two requests (302, then the bytes); the manifest is one more';
const COMMITS = 'an empty repository takes one more, its README, before it takes anything else';
const WARM =
  'ours in a warm process, without waits between writes; the peer takes a part of it that GitHub would not';
const EIGHT =
  'peer: octokit as it comes: git.getTree, then git.getBlob and sha256 of every blob, 8 at a time as ours; from the same server in its own process';
const IN_TURN = 'peer: the same, one blob after the other';
const ALONE =
  'peer: the archive fetched by octokit, not looked into: so long the emulator takes to make and send it';
const FAR = 'the same, and the peer holds each answer back for 40 ms, as if it were elsewhere';
const RESTORE =
  'ours: plan, stage, place, each file proved; peer: the same loop, each file written where it belongs';
const CPU = 'CPU time of our process alone, in steps of 10 ms';

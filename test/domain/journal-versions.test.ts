import { expect, it } from 'vitest';
import { chain, checkLine, GENESIS, lineOf } from '../../domain/journal-chain.js';
import { knownBodyOf, presentBody, type Upcaster } from '../../domain/journal.js';
import { sha256Text } from '../../adapters/journal/files.js';

const body = { type: 'control-plane.stopped', data: { pid: 7, reason: 'SIGTERM' } };

/** From a version in which the reason was a number, and one in which the pid had another name. */
const STEPS: readonly Upcaster[] = [
  ({ type, data }) => ({ type, data: { ...data, reason: String(data['reason']) } }),
  ({ type, data: { process: pid, ...rest } }) => ({ type, data: { ...rest, pid } }),
];

it('an old event is brought into the present form, step by step', () => {
  const old = { v: 1, type: body.type, data: { process: 7, reason: 15 } };
  expect(presentBody(old, STEPS)).toEqual({ type: body.type, data: { pid: 7, reason: '15' } });
  expect(presentBody({ ...old, v: 2 }, STEPS)?.data).toEqual({ pid: 7, reason: 15 });
  expect(presentBody({ ...body, v: 3 }, STEPS)).toEqual(body);
  expect(old.data).toEqual({ process: 7, reason: 15 });
});

it('an event of a version to come is not guessed at, and keeps its place in the chain', () => {
  expect(knownBodyOf({ ...body, v: 1 })).toMatchObject({ type: body.type });
  expect(knownBodyOf({ ...body, v: 2 })).toBeNull();
  const line = lineOf(
    chain({ v: 2, id: 'a', at: '2026-11-23T10:00:00.000Z', node: 'home', ...body }, GENESIS, sha256Text),
  );
  expect(checkLine(line, sha256Text)).toMatchObject({ event: { v: 2, data: body.data } });
});

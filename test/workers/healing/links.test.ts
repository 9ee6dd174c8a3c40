import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_PATH, isProof, linkPath, type LinkFor } from '../../../workers/healing/links.js';
import { bundleScript, runScript } from '../../adapters/journal/support/run-script.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-links-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(scratch, 'state-'));
});

const LINK: LinkFor = { incident: 'inc-1', request: 'inc-1:2', planHash: 'a'.repeat(64) };
const keyFile = () => join(state, 'healing/link.key');
const proofIn = (link: LinkFor) => linkPath(state, link).slice(`${ANSWER_PATH}${link.incident}/`.length);

describe('a link', () => {
  it('is a path of its incident whose last part is a proof, and needs no escaping', () => {
    expect(linkPath(state, LINK)).toMatch(/^\/answer\/inc-1\/[\w-]{43}$/);
    expect(isProof(state, LINK, proofIn(LINK))).toBe(true);
  });

  it('proves this incident, this request and this plan, and nothing else', () => {
    const word = fc.stringMatching(/^[\w:.-]{1,20}$/);
    const link = fc.record({ incident: word, request: word, planHash: word });
    fc.assert(
      fc.property(link, link, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(isProof(state, one, proofIn(one))).toBe(true);
        expect(isProof(state, other, proofIn(one))).toBe(same);
      }),
    );
    for (const field of ['incident', 'request', 'planHash'] as const) {
      const other = { ...LINK, [field]: `${LINK[field]}0` };
      expect(isProof(state, other, proofIn(LINK)), field).toBe(false);
    }
  });

  it('refuses what is no proof, of whatever length, and never throws', () => {
    const proof = proofIn(LINK);
    const wrong = [
      '',
      proof.slice(0, -1),
      proof.slice(1),
      `${proof}=`,
      ` ${proof}`,
      proof.toUpperCase(),
      `${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`,
      '\0'.repeat(proof.length),
      'ü'.repeat(proof.length),
      'ü'.repeat(21) + 'x',
    ];
    for (const given of wrong) expect(isProof(state, LINK, given), given).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (given) => {
        expect(isProof(state, LINK, given)).toBe(given === proof);
      }),
    );
  });
});

describe('the key', () => {
  it('is made once, of 32 bytes, for its owner only', () => {
    const first = linkPath(state, LINK);
    const key = readFileSync(keyFile());
    expect(key).toHaveLength(32);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'healing')).mode & 0o777).toBe(0o700);
    expect(linkPath(state, LINK)).toBe(first);
    expect(readFileSync(keyFile()).equals(key)).toBe(true);
  });

  it('is of this node only: a proof of another one, or of a key that is gone, is worth nothing', () => {
    const proof = proofIn(LINK);
    const other = mkdtempSync(join(scratch, 'state-'));
    expect(isProof(other, LINK, proof)).toBe(false);
    rmSync(keyFile());
    expect(isProof(state, LINK, proof)).toBe(false);
  });

  it('is one for all processes of this node', async () => {
    const link = linkPath(state, LINK);
    const script = join(scratch, 'link.ts');
    const from = join(import.meta.dirname, '../../../workers/healing/links.ts');
    writeFileSync(
      script,
      `import { linkPath } from ${JSON.stringify(from)};
       console.log(linkPath(process.argv[2] ?? '', JSON.parse(process.argv[3] ?? '')));`,
    );
    const other = runScript(bundleScript(script, join(scratch, 'link.mjs')), [state, JSON.stringify(LINK)]);
    expect(await other.ended).toBe(0);
    expect(other.lines()).toEqual([link]);
  });

  it('is none when all that is there of a key is an empty file (a disk that was full then)', () => {
    mkdirSync(join(state, 'healing'));
    writeFileSync(keyFile(), '');
    const forged = createHmac('sha256', '')
      .update('inc-1\ninc-1:2\n' + 'a'.repeat(64))
      .digest('base64url');
    expect(isProof(state, LINK, forged)).toBe(false);
    expect(readFileSync(keyFile())).toHaveLength(32);
  });

  it('is one for all processes, also when they make the first one in the same moment', async () => {
    const script = join(scratch, 'first.ts');
    const from = join(import.meta.dirname, '../../../workers/healing/links.ts');
    writeFileSync(
      script,
      `import { linkPath } from ${JSON.stringify(from)};
       console.log(linkPath(process.argv[2] ?? '', JSON.parse(process.argv[3] ?? '')));`,
    );
    const bundled = bundleScript(script, join(scratch, 'first.mjs'));
    const all = Array.from({ length: 4 }, () => runScript(bundled, [state, JSON.stringify(LINK)]));
    await Promise.all(all.map(({ ended }) => ended));
    expect(new Set(all.flatMap((each) => each.lines()))).toEqual(new Set([linkPath(state, LINK)]));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContinuation } from '../../../domain/failover/continuation.js';

/** What the client gets on top of `sent`; null: the continuation differs. */
function continued(sent: string, ...pieces: readonly string[]): string | null {
  const continuation = createContinuation(sent);
  let text = '';
  for (const piece of pieces) {
    const step = continuation.feed(piece);
    if (step.kind === 'differs') return null;
    if (step.kind === 'emit') text += step.text;
  }
  const last = continuation.end();
  return last.kind === 'emit' ? text + last.text : null;
}

const SENT = 'The capital of France is Par';

describe('a provider that starts over', () => {
  it('is heard from where the client is', () => {
    expect(continued(SENT, 'The capital', ' of France is Paris', ', a city.')).toBe('is, a city.');
  });

  it.each([
    ['more', '\n\nThe capital', '\n\nThe capital of'],
    ['less', '\n\nThe capital', 'The capital of'],
  ])('is recognised with %s white space before it', (_name, sent, text) => {
    expect(continued(sent, text)).toBe(' of');
    expect(continued(sent, ...text.split(/(?:)/u))).toBe(' of');
  });

  it('emits nothing while it repeats', () => {
    const continuation = createContinuation(SENT);
    expect(continuation.feed('The capital of ')).toEqual({ kind: 'hold' });
    expect(continuation.feed('France is Par')).toEqual({ kind: 'hold' });
    expect(continuation.feed('is')).toEqual({ kind: 'emit', text: 'is' });
  });

  it('differs when its words change after twelve characters', () => {
    expect(continued(SENT, 'The capital o', 'n the Seine')).toBeNull();
    expect(continued('Hello wo', 'Hell', 'fire')).toBeNull();
  });

  it('says so for ever', () => {
    const continuation = createContinuation(SENT);
    continuation.feed('The capital city');
    expect([continuation.feed(SENT), continuation.end()]).toEqual([{ kind: 'differs' }, { kind: 'differs' }]);
  });

  it('differs when it ends inside the repeated part', () => {
    expect(continued(SENT, 'The capital of France')).toBeNull();
  });

  it('has nothing to add when it ends where the other was cut', () => {
    expect(continued(SENT, SENT)).toBe('');
  });
});

describe('a provider that goes on', () => {
  it('is passed through from its first word', () => {
    expect(continued(SENT, 'is, ', 'a city.')).toBe('is, a city.');
    expect(createContinuation(SENT).feed('is, ')).toEqual({ kind: 'emit', text: 'is, ' });
  });

  it.each([
    ['France is Paris.', 'is.'],
    ['is Paris.', 'is.'],
    [SENT.slice(8) + 'is.', 'is.'],
  ])('has the repeated seam dropped: %s', (text, rest) => {
    expect(continued(SENT, text)).toBe(rest);
    expect(continued(SENT, ...text.split(/(?:)/u))).toBe(rest);
  });

  it('is not mistaken for one that starts over when the answer repeats itself', () => {
    const sent = 'Row one: apples. Row one: pears. Row one: apples. Row one: plu';
    expect(continued(sent, 'Row one: plums.')).toBe('ms.');
  });

  it('keeps a short seam, which may be an accident', () => {
    expect(continued(SENT, 'Par excellence')).toBe('Par excellence');
  });

  it.each([
    ['indentation', 'if (a) {\n        ', '        return'],
    ['a ruled line', 'Title\n-----', '-----\nText'],
  ])('keeps %s that goes on as it stopped', (_name, sent, text) => {
    expect(continued(sent, text)).toBe(text);
  });

  it('that begins a little like the answer is still one that goes on', () => {
    expect(continued(SENT, 'The rest')).toBe('The rest');
    expect(continued(SENT, 'The ')).toBe('The ');
  });

  it('may have nothing to add', () => {
    expect(continued(SENT)).toBe('');
    expect(continued(SENT, '')).toBe('');
  });

  it('needs nothing to compare with', () => {
    expect(continued('', 'Hello', ' you')).toBe('Hello you');
  });

  it('is not held for more than the last 200 characters', () => {
    const sent = 'abc '.repeat(200);
    const continuation = createContinuation(`x${sent}`);
    let held = 0;
    for (const letter of sent) {
      if (continuation.feed(letter).kind === 'emit') break;
      held += 1;
    }
    expect(held).toBeLessThanOrEqual(200);
  });
});

// Words that occur once: what two places of the text have in common is no accident of the generator.
const words = fc
  .array(fc.stringMatching(/^[a-z]{2,9}$/), { minLength: 4, maxLength: 30 })
  .map((list) => list.map((word, index) => `${word}-${index}`).join(' '));
const anyText = fc.oneof(words, fc.string({ maxLength: 60 }), fc.stringMatching(/^[ab]{0,40}$/));

function cutAt(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}

function common(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}

/** Plain form of the rule: how much agreement from the start proves that it started over. */
const proof = (sent: string): number => Math.min(12, Math.ceil(sent.length / 2));

/** The text begins with more of the end of `sent` than `length`: going on is as good an explanation. */
function isSeam(sent: string, text: string, length: number): boolean {
  for (let more = length + 1; more <= text.length; more += 1)
    if (sent.endsWith(text.slice(0, more))) return true;
  return false;
}

describe('for any answer, cut anywhere', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 10 });

  it('a restart gives the answer exactly once', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), cuts, (answer, nat, at) => {
        const sent = answer.slice(0, nat % (answer.length + 1));
        expect(sent + (continued(sent, ...cutAt(answer, at)) ?? '(differs)')).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('a true continuation, with or without a repeated seam, gives the answer exactly once', () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.nat({ max: 60 }), cuts, (answer, nat, overlap, at) => {
        const cut = 1 + (nat % (answer.length - 1));
        const seam = overlap < 6 || overlap >= cut ? 0 : overlap;
        const sent = answer.slice(0, cut);
        const rest = answer.slice(cut - seam);
        fc.pre(common(sent, rest.trimStart()) < proof(sent));
        expect(sent + (continued(sent, ...cutAt(rest, at)) ?? '(differs)')).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('a restart with other words never reaches the client', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.string({ minLength: 1 }), cuts, (text, nat, other, at) => {
        const sent = text.trim();
        fc.pre(sent.length > proof(sent));
        const agreed = proof(sent) + (nat % (sent.length - proof(sent)));
        fc.pre(other[0] !== sent[agreed] && !isSeam(sent, sent.slice(0, agreed) + other, agreed));
        const continuation = createContinuation(sent);
        const steps = cutAt(sent.slice(0, agreed) + other, at).map((piece) => continuation.feed(piece));
        expect(steps.some(({ kind }) => kind === 'emit')).toBe(false);
        expect(continuation.end()).toEqual({ kind: 'differs' });
      }),
      { numRuns: 500 },
    );
  });

  it('what is emitted is the end of what was fed, and does not depend on the pieces', () => {
    fc.assert(
      fc.property(anyText, anyText, cuts, (sent, text, at) => {
        const whole = continued(sent, text);
        expect(continued(sent, ...cutAt(text, at))).toBe(whole);
        if (whole !== null) expect(text.endsWith(whole)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

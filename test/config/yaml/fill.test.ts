import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillText } from '../../../config/yaml/fill.js';

const env = { A: 'one', B: 'two words', EMPTY: '' };

describe('filling a text', () => {
  it.each([
    ['${A}', 'one'],
    ['<${A}|${B}>', '<one|two words>'],
    ['${MISSING:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${A:-x}', 'one'],
    ['${MISSING:-a:b-c $d}', 'a:b-c $d'],
    ['$${A}', '${A}'],
    ['$A $$ }', '$A $$ }'],
  ])('%s becomes %s', (text, filled) => {
    expect(fillText(text, env)).toMatchObject({ text: filled, unset: [], problem: null });
  });

  it('names every variable without a value, an empty one among them', () => {
    expect(fillText('${X}-${A}-${EMPTY}', env)).toMatchObject({ unset: ['X', 'EMPTY'], used: ['A'] });
  });

  it('knows a text of which nothing is left', () => {
    expect(fillText('${X:-}', env).empty).toBe(true);
    expect(fillText('a${X:-}', env).empty).toBe(false);
  });

  it.each(['${', '${}', '${A', '${1A}', '${A-b}', '${A B}', '${A:=b}'])(
    '%s is refused with advice',
    (text) => {
      expect(fillText(text, env).problem).toContain('${VAR:-default}');
    },
  );

  it('does not fill what a value brings along', () => {
    expect(fillText('${A}', { A: '${B}', B: 'x' }).text).toBe('${B}');
  });

  it('never throws, and leaves a text without "${" as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: filled } = fillText(text, env);
        if (!text.includes('${')) expect(filled).toBe(text);
      }),
    );
  });
});

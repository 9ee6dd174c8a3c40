import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../cli/printable.js';

const ESCAPE = '\u001b';

describe('text of a model on a terminal', () => {
  it.each([
    ['clears the screen', `${ESCAPE}[2Jhello`, '[2Jhello'],
    ['sets the clipboard', `a${ESCAPE}]52;c;cm0gLXJm\u0007b`, 'a]52;c;cm0gLXJmb'],
    ['goes back and writes over', 'paid\r\u0008\u0008free', 'paidfree'],
    ['uses a C1 control', 'a\u009b31mb', 'a31mb'],
    ['turns the reading direction', 'user\u202etxt.exe', 'usertxt.exe'],
  ])('that %s does nothing', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps letters of every script, newlines and tabs', () => {
    const text = 'Zürich\t東京\n\nπ ≈ 3,14 👍\u{1f3fd}';
    expect(printable(text)).toBe(text);
    expect(printable('a\r\nb')).toBe('a\nb');
  });

  it('leaves nothing below a space but newline and tab, whatever comes, and is done after once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        for (const each of shown) {
          const code = each.codePointAt(0) ?? 0;
          expect(code >= 0x20 || each === '\n' || each === '\t').toBe(true);
          expect(code >= 0x7f && code <= 0x9f).toBe(false);
        }
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});

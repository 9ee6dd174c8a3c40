// `${VAR}` and `${VAR:-default}` inside one text. It works on scalars after parsing, never on the file's text:
// a variable's value must not be able to add keys, end quotes or move the lines that errors point at.

/** What became of one text. */
export interface Filled {
  readonly text: string;
  /** Variables that have no value and no default here. */
  readonly unset: readonly string[];
  /** Variables whose values stand in the text now. */
  readonly used: readonly string[];
  /** Every variable that the text names. */
  readonly named: readonly string[];
  /** True when the whole text was variables and nothing came of them. */
  readonly empty: boolean;
  /** What is wrong with the text itself; null: nothing. */
  readonly problem: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const MARK = /\$\$\{|\$\{/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

const ADVICE = 'expected ${VAR} or ${VAR:-default}; write $${ for a plain ${';

/** Does this text need filling at all? */
export function needsFilling(text: string): boolean {
  return text.includes('${');
}

/**
 * Fills one text. A variable that is set but empty counts as unset, as in a shell's `:-`. `$${` stands for a
 * plain `${`. The default is taken as it stands: variables inside a default are not filled.
 */
export function fillText(text: string, env: Environment): Filled {
  const unset: string[] = [];
  const used: string[] = [];
  const named: string[] = [];
  let result = '';
  let literal = '';
  let at = 0;
  for (const mark of text.matchAll(MARK)) {
    if (mark.index < at) continue;
    literal += text.slice(at, mark.index);
    result += text.slice(at, mark.index);
    at = mark.index + mark[0].length;
    if (mark[0] === '$${') {
      result += '${';
      literal += '${';
      continue;
    }
    const end = text.indexOf('}', at);
    const match = end === -1 ? null : VARIABLE.exec(text.slice(at, end));
    if (match === null) return { text, unset, used, named, empty: false, problem: ADVICE };
    at = end + 1;
    const [, variable = '', fallback] = match;
    named.push(variable);
    const value = env[variable];
    if (value !== undefined && value !== '') {
      used.push(variable);
      result += value;
    } else if (fallback === undefined) unset.push(variable);
    else result += fallback;
  }
  result += text.slice(at);
  literal += text.slice(at);
  return { text: result, unset, used, named, empty: result === '' && literal === '', problem: null };
}

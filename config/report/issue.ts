// zod's issues in words for people: what was expected, what was found, and the nearest word. zod's own messages
// are not passed on, except for those that our schemas set.
import type * as z from 'zod';
import { keysOf, pathText, spotAt, type PathKey } from '../schemas/walk.js';
import { looksSecret } from '../secret-text.js';
import { placeAt, type Place, type Tree } from '../yaml/tree.js';
import type { Finding, Source } from './finding.js';
import { didYouMean } from './suggest.js';

type Issue = z.core.$ZodIssue;

/** Findings of one file's issues, placed in its text. */
export function issueFindings(issues: readonly Issue[], source: Source, tree: Tree): readonly Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(key, path, source, tree));
    }
    const { place, exact } = placeAt(tree.place, path);
    const value = valueAt(tree.value, path);
    const missing = value === undefined;
    const message = missing
      ? missingMessage(issue, path, tree)
      : issueMessage(issue, found(source, place, path, value), value);
    const offset = exact && !missing ? place.range[0] : (place.key ?? place.range)[0];
    return [{ file: source.path, source, offset, path: pathText(path), message }];
  });
}

function unknownKey(key: string, path: readonly PathKey[], source: Source, tree: Tree): Finding {
  const { place } = placeAt(tree.place, [...path, key]);
  const spot = spotAt(source.schema, path);
  const known = spot === null ? [] : keysOf(spot).filter((each) => each !== '$schema');
  const shown = showableKey(key) ? key : '(a key that is not shown)';
  const list = known.length === 0 || known.length > 12 ? '' : `; known here: ${known.join(', ')}`;
  const message = `unknown key${didYouMean(key, known) || list}`;
  return {
    file: source.path,
    source,
    offset: (place.key ?? place.range)[0],
    path: pathText([...path, shown]),
    message,
  };
}

/** A key is shown only when it looks like a key: a mistyped quote can turn a secret into one. */
export function showableKey(key: string): boolean {
  return /^([A-Za-z_$][\w$.-]{0,40}|\d{1,3})$/.test(key) && !looksSecret(key);
}

function missingMessage(issue: Issue, path: readonly PathKey[], tree: Tree): string {
  const text = pathText(path);
  const unset = tree.unset.find((each) => pathText(each.path) === text);
  const expected = issueMessage(issue, '', undefined);
  if (unset !== undefined) return `is required, but the variable ${unset.variable} is not set`;
  return expected.startsWith('is required') ? expected : `is required: ${expected}`;
}

function issueMessage(issue: Issue, foundText: string, value: unknown): string {
  const end = foundText === '' ? '' : `, found ${foundText}`;
  switch (issue.code) {
    case 'invalid_type':
      return (
        (ownWords(issue) ?? `expected ${TYPES[issue.expected] ?? issue.expected}`) +
        end +
        quotesHint(issue, value)
      );
    case 'invalid_value':
      return oneOf(issue.values.map(String), end, value);
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options))
        return oneOf(issue.options.map(String), end, value);
      return (ownWords(issue) ?? 'expected another kind of value') + end;
    case 'too_small':
      return (
        (ownWords(issue) ??
          `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`) + end
      );
    case 'too_big':
      return (
        (ownWords(issue) ??
          `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`) + end
      );
    case 'custom':
      return issue.message + (issue.message.startsWith('expected') && typeof value !== 'object' ? end : '');
    default:
      return (ownWords(issue) ?? 'expected another value') + end;
  }
}

/** Yes, 5 and 1.0 without quotes are no texts in YAML; who meant one needs to be told. */
function quotesHint(issue: Extract<Issue, { code: 'invalid_type' }>, value: unknown): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return issue.expected === 'string' && scalar ? ' (put quotes around it)' : '';
}

function oneOf(options: readonly string[], end: string, value: unknown): string {
  const list = options.map((each) => `"${each}"`).join(', ');
  const guess = typeof value === 'string' ? didYouMean(value, options) : '';
  return `expected ${options.length === 1 ? '' : 'one of '}${list}${end}${guess}`;
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  string: 'a text',
};

/** The message when one of our schemas set it; null for zod's own English. */
function ownWords(issue: Issue): string | null {
  return /^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message) ? null : issue.message;
}

/** What stands there, without ever quoting a secret, a value that came from a variable, or a long text. */
function found(source: Source, place: Place, path: readonly PathKey[], value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (place.variables.length > 0) return `what ${place.variables.join(', ')} gave`;
  const spot = spotAt(source.schema, path);
  const text = typeof value === 'string' ? value : `${value as number | boolean}`;
  const quotable = spot !== null && !spot.secret && text.length <= 60 && !looksSecret(text);
  if (typeof value === 'string') return quotable ? JSON.stringify(value) : 'a text';
  return quotable ? text : `a ${typeof value}`;
}

function valueAt(root: unknown, path: readonly PathKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PathKey, unknown>>)[key];
  }
  return value;
}

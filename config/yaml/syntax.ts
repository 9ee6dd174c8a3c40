// The parser's findings in words for people. The parser's own messages quote the file, which may hold secrets,
// so none of them is passed on.
import type { ErrorCode } from 'yaml';

const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot carry an anchor or a tag of its own',
  BAD_ALIAS: 'an alias (*name) needs an anchor (&name) before it',
  BAD_COLLECTION_TYPE: 'this tag does not fit the kind of value',
  BAD_DIRECTIVE: 'unknown directive; lines that start with % are not needed here',
  BAD_DQ_ESCAPE: 'unknown escape after "\\" in double quotes; use single quotes for a plain "\\"',
  BAD_INDENT: 'wrong indentation: keys of one map start in the same column',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a plain value cannot start with this character; put quotes around the value',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key:" on one line; put quotes around a value that holds ": "',
  BLOCK_IN_FLOW: 'a map or list over several lines cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'this key stands twice in the same map; keep one of them',
  IMPOSSIBLE: 'not YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR:
    'a character is missing: a closing quote, a bracket, a comma, or the space after ":" or before "#"',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value" on one line',
  MULTIPLE_ANCHORS: 'one value cannot have two anchors',
  MULTIPLE_DOCS: 'a second document begins here; keep one document in a file',
  MULTIPLE_TAGS: 'one value cannot have two tags',
  NON_STRING_KEY: 'a key must be a plain word',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab is used for indentation; YAML takes spaces only',
  TAG_RESOLVE_FAILED: 'unknown tag, or a value that does not fit its tag',
  UNEXPECTED_TOKEN: 'this does not belong here; look for a missing quote, bracket or dash',
};

/** One sentence for the parser's error code; `line` is the source line, looked at for the commonest cause only. */
export function syntaxSentence(code: ErrorCode, line: string): string {
  const bare = line.replace(/"[^"]*"|'[^']*'/g, '""');
  const unquoted = /(^|[^$])[[{].*\$\{/.test(bare);
  return unquoted ? 'put quotes around "${…}" inside { } or [ ]' : SENTENCES[code];
}

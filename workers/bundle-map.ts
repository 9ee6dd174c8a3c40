// The bundle carries its source map, for stack traces. What it names lies where the bundle was built, which is nobody's business on
// another machine, and would make two builds of the same sources differ.

const MARK = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** The bundle with the paths of its source map relative to `root`; a bundle without an inline map comes back as it is. */
export function withRelativeSources(code: string, root: string): string {
  const at = code.lastIndexOf(MARK);
  if (at < 0) return code;
  const [encoded = '', ...rest] = code.slice(at + MARK.length).split('\n');
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { sources: readonly string[] };
  const sources = map.sources.map((path) => path.replace(`${root}/`, ''));
  const text = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return [code.slice(0, at) + MARK + text, ...rest].join('\n');
}

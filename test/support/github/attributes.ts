// What `git archive` makes of a root .gitattributes: archives may lack files or hold other bytes than the blobs. Just the
// three attributes that matter to whoever verifies by archive.
import picomatch from 'picomatch';

interface Rule {
  readonly matches: (path: string) => boolean;
  readonly attributes: ReadonlySet<string>;
}

export interface Attributes {
  /** The file, or a directory above it, is left out. */
  ignored(path: string): boolean;
  /** The bytes as an archive of this commit has them. */
  archived(path: string, bytes: Buffer, commit: string): Buffer;
}

export function parseAttributes(text: string): Attributes {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseRule);
  const has = (path: string, attribute: string) =>
    rules.some((rule) => rule.attributes.has(attribute) && rule.matches(path));
  return {
    ignored: (path) =>
      path.split('/').some((_, index, parts) => has(parts.slice(0, index + 1).join('/'), 'export-ignore')),
    archived(path, bytes, commit) {
      let text = bytes.toString('latin1');
      if (has(path, 'export-subst')) text = text.replaceAll('$Format:%H$', commit);
      if (has(path, 'eol=crlf')) text = text.replaceAll(/\r?\n/g, '\r\n');
      return Buffer.from(text, 'latin1');
    },
  };
}

function parseRule(line: string): Rule {
  const [pattern = '', ...attributes] = line.split(/\s+/);
  const matches = picomatch(pattern.replace(/^\//, ''), { dot: true, basename: !pattern.includes('/') });
  return { matches, attributes: new Set(attributes) };
}

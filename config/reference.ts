// The tables of docs/configuration.md, generated, so that the page cannot forget a key.
import { jsonSchemas } from './json-schema.js';

interface Node {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly writeOnly?: boolean;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly standard: string;
  readonly description: string;
}

/** The generated part of the page stands between these two lines. */
export const REFERENCE_BEGIN = '<!-- reference:begin -->';
export const REFERENCE_END = '<!-- reference:end -->';

/** Markdown: a heading and a table for each file. */
export function referenceMarkdown(): string {
  const sections = Object.entries(jsonSchemas()).map(([name, schema]) => {
    const rows = childRows(schema as Node, '').filter(({ key }) => key !== '$schema');
    const lines = rows.map(({ key, type, standard, description }) => {
      return `| \`${key}\` | ${cell(type)} | ${cell(standard)} | ${cell(description)} |`;
    });
    return [`### ${name}.yaml`, '', '| key | type | default | meaning |', '|---|---|---|---|', ...lines].join(
      '\n',
    );
  });
  return `${sections.join('\n\n')}\n`;
}

/** The page with its generated part replaced; null when the markers are missing. */
export function withReference(page: string): string | null {
  const begin = page.indexOf(REFERENCE_BEGIN);
  const end = page.indexOf(REFERENCE_END);
  if (begin === -1 || end < begin) return null;
  return `${page.slice(0, begin)}${REFERENCE_BEGIN}\n\n${referenceMarkdown()}\n${page.slice(end)}`;
}

function childRows(node: Node, path: string): readonly Row[] {
  if (node.oneOf !== undefined) return node.oneOf.flatMap((option) => optionRows(option, path));
  if (node.items !== undefined) return childRows(node.items, `${path}[]`);
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const row: Row = {
      key: here,
      type: typeText(child),
      standard: node.required?.includes(key) === true ? 'required' : standardText(child),
      description: child.description ?? '',
    };
    return [row, ...childRows(child, here)];
  });
}

/** Kinds that are told apart by `type`: each begins with the row of its own `type`. */
function optionRows(option: Node, path: string): readonly Row[] {
  const kind = String(option.properties?.['type']?.const ?? '');
  const marked = `${path}(${kind})`;
  return childRows(option, marked).map((row) => {
    return row.key === `${marked}.type`
      ? { ...row, key: `${path}.type: ${kind}`, type: 'kind', standard: '' }
      : row;
  });
}

function typeText(node: Node): string {
  if (node.title === 'duration') return 'duration';
  if (node.writeOnly === true) return 'secret';
  if (node.enum !== undefined) return node.enum.map((each) => `\`${String(each)}\``).join(' ');
  if (node.items !== undefined) {
    const item = typeText(node.items);
    return item === 'map' ? 'list of maps' : `list of ${item}`;
  }
  if (node.oneOf !== undefined || node.properties !== undefined) return 'map';
  if (typeof node.additionalProperties === 'object') return `map of ${typeText(node.additionalProperties)}s`;
  if (node.anyOf !== undefined) return typeText(node.anyOf[0] ?? {});
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  return (
    { integer: 'whole number', number: 'number', boolean: 'true or false', string: 'text' }[
      node.type ?? ''
    ] ?? 'any'
  );
}

function standardText({ default: standard }: Node): string {
  if (standard === undefined) return '';
  if (typeof standard === 'string') return `\`${standard}\``;
  const text = JSON.stringify(standard);
  if (text === '[]') return 'none';
  return text === '{}' ? '' : `\`${text}\``;
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

// JSON Schemas for editors, generated from the zod schemas, so that completion and loader agree.
import * as z from 'zod';
import { FILE_NAMES, SCHEMAS, type FileName } from './files.js';
import { isPathMark } from './schemas/text.js';

type Json = Record<string, unknown>;

/** JSON Schema (draft 2020-12) of every file by its name without ".yaml": what a person may write, not what comes out. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(FILE_NAMES.map((name) => [name, jsonSchema(name)]));
}

function jsonSchema(name: FileName): object {
  const schema = z.toJSONSchema(SCHEMAS[name], {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema: json }) => {
      const node = json as Json;
      if (isPathMark(node['format'])) delete node['format'];
      if (node['maximum'] === Number.MAX_SAFE_INTEGER) delete node['maximum'];
      allowVariables(node);
    },
  });
  return { ...schema, title: `${name}.yaml` };
}

/** `port: "${PORT:-8787}"` is fine with the loader, so editors must not call it wrong. */
function allowVariables(node: Json): void {
  const typed = ['integer', 'number', 'boolean'].includes(String(node['type']));
  const bounded = node['type'] === 'string' && ('enum' in node || 'pattern' in node);
  if (!typed && !bounded) return;
  const constraint = Object.fromEntries(Object.entries(node).filter(([key]) => CONSTRAINTS.has(key)));
  for (const key of Object.keys(constraint)) Reflect.deleteProperty(node, key);
  node['anyOf'] = [constraint, { type: 'string', pattern: '\\$\\{' }];
}

const CONSTRAINTS: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'pattern',
  'minLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);

/** The text of a generated schema file. */
export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

// Every field that a schema marks as a secret, found by walking the schemas: a new one has to be planted before these tests pass.
import type * as z from 'zod';
import { SCHEMAS } from '../../../config/files.js';
import { isSecretSchema } from '../../../config/schemas/secret.js';

/** `nxs: notify[].url`: all places of secrets in all files; maps of any keys are `*`. */
export function secretPlaces(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, schema] of Object.entries(SCHEMAS)) visit(schema, `${name}: `, found);
  return found;
}

function visit(schema: z.core.$ZodType, path: string, found: Set<string>): void {
  if (isSecretSchema(schema)) {
    found.add(path);
    return;
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const below = (key: string) => (path.endsWith(': ') ? `${path}${key}` : `${path}.${key}`);
  if ('innerType' in def) visit(def.innerType, path, found);
  if (def.type === 'pipe') visit(def.in, path, found);
  if (def.type === 'union') for (const option of def.options) visit(option, path, found);
  if (def.type === 'array') visit(def.element, `${path}[]`, found);
  if (def.type === 'record') visit(def.valueType, below('*'), found);
  if (def.type === 'object')
    for (const [key, each] of Object.entries(def.shape)) visit(each, below(key), found);
}

/** A value that stands nowhere else, by its name. */
export function plant(name: string): string {
  return `Pl4nted${name}${Buffer.from(name).toString('hex')}`;
}

/** The places of a document's planted values, as `secretPlaces` names them. */
export function plantedPlaces(file: string, document: unknown, maps: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string' && value.includes('Pl4nted')) found.add(path);
    else if (Array.isArray(value)) for (const each of value) walk(each, `${path}[]`);
    else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value)) {
        const name = maps.some((map) => path.endsWith(map)) ? '*' : key;
        walk(each, path.endsWith(': ') ? `${path}${name}` : `${path}.${name}`);
      }
  };
  walk(document, `${file}: `);
  return found;
}

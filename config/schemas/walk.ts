// Which schema is meant by a path in a file? Redaction, `~`, masks and the docs ask; validation does not need it.
import type * as z from 'zod';
import { isDurationSchema } from './duration.js';
import { isSecretSchema } from './secret.js';
import { isPathSchema } from './text.js';

export type Schema = z.core.$ZodType;
export type PathKey = string | number;

/** What is known of one place in a file. More than one schema stands there when the place is a union. */
export interface Spot {
  readonly schemas: readonly Schema[];
  readonly secret: boolean;
  readonly localPath: boolean;
  readonly duration: boolean;
}

/** The concrete schemas behind optional, default, transform and union, with the marks met on the way. */
export function spotOf(schemas: readonly Schema[], secretAbove = false): Spot {
  const found: Schema[] = [];
  let secret = secretAbove;
  let localPath = false;
  let duration = false;
  const queue = [...schemas];
  for (let schema = queue.shift(); schema !== undefined; schema = queue.shift()) {
    secret ||= isSecretSchema(schema);
    localPath ||= isPathSchema(schema);
    duration ||= isDurationSchema(schema);
    const inner = innerSchemas(schema);
    if (inner === null) found.push(schema);
    else queue.push(...inner);
  }
  return { schemas: found, secret, localPath, duration };
}

function innerSchemas(schema: Schema): readonly Schema[] | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'readonly':
    case 'nonoptional':
      return [def.innerType];
    case 'pipe':
      return [def.in];
    case 'union':
      return def.options;
    default:
      return null;
  }
}

/** The keys of the maps that may stand at a place. */
export function keysOf(spot: Spot): readonly string[] {
  return [...new Set(spot.schemas.flatMap((schema) => Object.keys(shapeOf(schema))))];
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? def.shape : {};
}

/** One step down; null when no schema knows the key. What lies below a secret is secret. */
export function stepInto(spot: Spot, key: PathKey): Spot | null {
  const next = spot.schemas.flatMap((schema) => {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    if (def.type === 'array' && typeof key === 'number') return [def.element];
    if (def.type === 'record' && typeof key === 'string') return [def.valueType];
    const shape = shapeOf(schema);
    const child = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return child === undefined ? [] : [child];
  });
  return next.length === 0 ? null : spotOf(next, spot.secret);
}

/** The place at the end of a path; null when some key on the way is unknown. */
export function spotAt(root: Schema, path: readonly PathKey[]): Spot | null {
  let spot: Spot | null = spotOf([root]);
  for (const key of path) spot = spot === null ? null : stepInto(spot, key);
  return spot;
}

/** `providers[0].api_key`, as people write paths. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

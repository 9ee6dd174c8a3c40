// A Config as people may see it. Three nets: fields that the schemas mark, values that came from secret variables,
// credentials in URLs.
import { SCHEMAS, type FileName } from './files.js';
import { secretsOf } from './provenance.js';
import { spotAt, spotOf, stepInto, type PathKey, type Spot } from './schemas/walk.js';
import { HIDDEN, redactText } from './secret-text.js';
import type { Config } from './types.js';

export { redactText } from './secret-text.js';
export { secretsOf } from './provenance.js';

/** The parts of a Config, the file that each came from, and the key under which it stands there. */
const PARTS = {
  nxs: ['nxs', []],
  providers: ['providers', []],
  backup: ['backup-manifest', ['backup']],
  sync: ['sync-manifest', ['sync']],
  healing: ['healing', ['healing']],
  dashboard: ['resilience-dashboard', ['dashboard']],
} as const satisfies Readonly<Record<string, readonly [FileName, readonly PathKey[]]>>;

export type ConfigPart = keyof typeof PARTS;

export const CONFIG_PARTS = Object.keys(PARTS) as readonly ConfigPart[];

/** The file that a part of a Config comes from, and the keys under which it stands there. */
export function placeOfPart(part: ConfigPart): readonly [FileName, readonly PathKey[]] {
  return PARTS[part];
}

/** A deep copy of one part with `***` for every secret; a secret that is a URL keeps its origin. */
export function redactPart(config: Config, part: ConfigPart): unknown {
  const [file, path] = PARTS[part];
  return hide(config[part], spotAt(SCHEMAS[file], path), secretsOf(config));
}

/**
 * A deep copy of any value with `***` for every secret. A whole Config is redacted by its schemas too; any other
 * value by the texts in `secrets` and by credentials in URLs alone.
 */
export function redact(value: unknown, secrets: readonly string[] = []): unknown {
  if (!isConfig(value)) return hide(value, null, secrets);
  const known = [...secretsOf(value), ...secrets];
  const rest = Object.entries(value).map(([key, part]) => {
    return [key, key in PARTS ? redactPart(value, key as ConfigPart) : hide(part, null, known)] as const;
  });
  return Object.fromEntries(rest);
}

function isConfig(value: unknown): value is Config {
  return (
    typeof value === 'object' &&
    value !== null &&
    CONFIG_PARTS.every((part) => part in value) &&
    'files' in value
  );
}

function hide(value: unknown, spot: Spot | null, secrets: readonly string[]): unknown {
  if (spot?.secret === true) return value === undefined || value === null ? value : hidden(value);
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => hide(item, spot === null ? null : stepInto(spot, index), secrets));
  }
  const copy = Object.entries(value).map(([key, part]) => {
    return [
      redactText(key, secrets),
      hide(part, spot === null ? null : stepInto(spot, key), secrets),
    ] as const;
  });
  return Object.fromEntries(copy);
}

/** For a webhook the service is worth knowing, its path is not. */
function hidden(value: unknown): string {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return HIDDEN;
  return `${new URL(value).origin}/${HIDDEN}`;
}

/** Where a walk along the schema of one file starts. */
export function rootSpot(file: FileName): Spot {
  return spotOf([SCHEMAS[file]]);
}

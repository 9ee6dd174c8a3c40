// `nxs init`: the commented defaults, as files of the user. What is there already is theirs and stays untouched.
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, NxsError } from '../domain/errors.js';
import { packageConfigDir } from './directories.js';
import { FILE_NAMES } from './files.js';
import { jsonSchemas, schemaText } from './json-schema.js';

export interface InitResult {
  /** Names relative to the directory. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

const ENV_EXAMPLE = `# Secrets for the YAML files beside this one: \${NAME} there takes its value from here.
# The real environment goes before this file. Keep it at mode 0600; others are refused.
# KIMI_API_KEY=
# GITHUB_TOKEN=
# TEMPORAL_API_KEY=
# NXS_HTTP_TOKEN=
`;

/**
 * Writes the six files, their JSON Schemas and an example .env into `dir` (made when missing; directories 0700,
 * files 0600). Never overwrites. Safe to repeat.
 * @throws NxsError CONFIG_INVALID when the directory cannot be written.
 */
export async function writeDefaults(dir: string, packageDir?: string): Promise<InitResult> {
  const from = packageConfigDir(packageDir);
  const schemas = jsonSchemas();
  const contents: (readonly [string, string])[] = [
    ...(await Promise.all(
      FILE_NAMES.map(
        async (name) => [`${name}.yaml`, await readFile(join(from, `${name}.yaml`), 'utf8')] as const,
      ),
    )),
    ...Object.entries(schemas).map(
      ([name, schema]) => [join('schema', `${name}.json`), schemaText(schema)] as const,
    ),
    ['.env', ENV_EXAMPLE],
  ];
  const written: string[] = [];
  const kept: string[] = [];
  try {
    await ownDirectory(dir);
    await ownDirectory(join(dir, 'schema'));
    for (const [name, text] of contents) {
      const fresh = await writeNew(join(dir, name), text);
      (fresh ? written : kept).push(name);
    }
  } catch (error) {
    const why = errnoOf(error) ?? 'unknown error';
    throw new NxsError(
      'CONFIG_INVALID',
      `The configuration directory ${dir} cannot be written (${why}).`,
      { dir },
      error,
    );
  }
  return { written, kept };
}

/** A directory that was there keeps its mode: it may be shared on purpose (/etc/nxs). */
async function ownDirectory(dir: string): Promise<void> {
  const made = await mkdir(dir, { recursive: true, mode: 0o700 });
  if (made !== undefined) await chmod(dir, 0o700);
}

/** False when something of that name is there already, be it a dangling link. */
async function writeNew(path: string, text: string): Promise<boolean> {
  let handle;
  try {
    handle = await open(path, 'wx', 0o600);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

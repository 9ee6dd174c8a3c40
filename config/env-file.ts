// `.env` beside the YAML files: the place for secrets. It is refused when others may read it, since a warning
// about a leaked token comes too late.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { fileFinding, type Finding } from './report/finding.js';
import type { Environment } from './yaml/fill.js';
import { readText } from './yaml/read.js';

export interface EnvRead {
  /** The real environment, and beneath it what the file gives. */
  readonly env: Environment;
  readonly findings: readonly Finding[];
}

/**
 * Reads `.env` of the first of `dirs` that exists, and over it what systemd hands to a service (LoadCredential=nxs.env). The real
 * environment always wins; an empty variable counts as unset.
 */
export async function readEnvFile(dirs: readonly string[], given: Environment): Promise<EnvRead> {
  const { env, findings } = await withCredentials(given);
  if (findings.length > 0) return { env, findings };
  const dir = await firstExisting(dirs);
  if (dir === null) return { env, findings: [] };
  const path = join(dir, '.env');
  const read = await readText(path);
  if (read.kind === 'absent') return { env, findings: [] };
  if (read.kind === 'bad') return { env, findings: [fileFinding(path, read.message)] };
  if ((read.mode & 0o077) !== 0 && process.platform !== 'win32') {
    const message = `is readable by others (mode ${read.mode.toString(8).padStart(4, '0')}) and may hold secrets; run: chmod 600 ${path}`;
    return { env, findings: [fileFinding(path, message)] };
  }
  return { env: below(env, read.text), findings: [] };
}

/** Only root can read the file from which systemd took it, so its mode is not looked at. */
async function withCredentials(env: Environment): Promise<EnvRead> {
  const dir = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (dir === '') return { env, findings: [] };
  const path = join(dir, 'nxs.env');
  const read = await readText(path);
  if (read.kind === 'absent') return { env, findings: [] };
  if (read.kind === 'bad') return { env, findings: [fileFinding(path, read.message)] };
  return { env: below(env, read.text), findings: [] };
}

/** `env`, and what the text gives for variables that it leaves empty. */
function below(env: Environment, text: string): Environment {
  const merged: Record<string, string | undefined> = { ...parse(text) };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value !== '') merged[name] = value;
    else merged[name] ??= value;
  }
  return merged;
}

async function firstExisting(dirs: readonly string[]): Promise<string | null> {
  for (const dir of dirs) {
    const found = await stat(dir).catch(() => null);
    if (found?.isDirectory() === true) return dir;
  }
  return null;
}

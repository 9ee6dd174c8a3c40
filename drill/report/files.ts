// `--report FILE[,FILE]`: the form follows the ending of the name.
import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { htmlOf } from './html.js';
import { markdownOf } from './markdown.js';
import type { DrillReport } from './model.js';

const FORMS: Readonly<Record<string, (report: DrillReport) => string>> = {
  '.json': (report) => `${JSON.stringify(report, null, 2)}\n`,
  '.md': markdownOf,
  '.html': htmlOf,
};

/** Absolute paths. Throws NxsError USAGE for an ending that has no form, or a place that cannot be written: before anything runs. */
export async function reportFiles(option: string | undefined): Promise<readonly string[]> {
  const names = (option ?? '').split(',').filter((name) => name !== '');
  const paths = names.map((name) => resolve(name));
  for (const path of paths) {
    if (FORMS[extname(path)] === undefined)
      throw new NxsError('USAGE', `--report "${path}" ends in none of ${Object.keys(FORMS).join(', ')}.`);
    await mustBeWritable(path);
  }
  return paths;
}

async function mustBeWritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
    if ((await stat(path).catch(() => null))?.isDirectory() === true) throw new Error('it is a directory');
  } catch (error) {
    throw new NxsError('USAGE', `--report "${path}" cannot be written: ${errorMessage(error)}.`);
  }
}

export async function writeReports(report: DrillReport, paths: readonly string[]): Promise<void> {
  for (const path of paths) await writeFile(path, FORMS[extname(path)]?.(report) ?? '');
}

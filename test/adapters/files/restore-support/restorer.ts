// A restore, or an undo, in a process of its own, to be killed. It says `placing` before each file that it has placed.
import { readFile } from 'node:fs/promises';
import { restoreFiles } from '../../../../adapters/files/restore-files.js';
import type { RestoreFile } from '../../../../adapters/files/restore-files.js';
import { undoRestore } from '../../../../adapters/files/undo.js';
import { directorySource } from './source.js';

const [manifest = '', objects = '', target = '', undoDir = '', id = '', undoes = ''] = process.argv.slice(2);
const progress = ({ phase, done }: { phase: string; done: number }): void => {
  process.stdout.write(`${phase} ${done}\n`);
};
if (undoes === '') {
  const files = JSON.parse(await readFile(manifest, 'utf8')) as RestoreFile[];
  await restoreFiles({ id, files, source: directorySource(objects), target, undoDir, progress });
} else {
  await undoRestore({ id, of: undoes, undoDir, progress });
}

// The few files that make a bare repository. Written by us, so that a stage costs no process, and no template
// with sample hooks is copied.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tsharedRepository = 0600
\tlogAllRefUpdates = true
\tfsync = objects,derived-metadata,reference
\thooksPath = /dev/null
[gc]
\tauto = 0
[maintenance]
\tauto = false
[transfer]
\tfsckObjects = true
[receive]
\tfsckObjects = true
\tdenyNonFastForwards = true
\tdenyDeletes = true
`;

/** A new, empty bare repository at `directory`, which must not exist or be empty; owner only. */
export async function writeBareRepository(directory: string, branch: string): Promise<void> {
  await mkdir(path.join(directory, 'objects', 'pack'), { recursive: true, mode: 0o700 });
  await mkdir(path.join(directory, 'objects', 'info'), { recursive: true, mode: 0o700 });
  await mkdir(path.join(directory, 'refs', 'heads'), { recursive: true, mode: 0o700 });
  await mkdir(path.join(directory, 'refs', 'tags'), { recursive: true, mode: 0o700 });
  await writeFile(path.join(directory, 'config'), CONFIG, { mode: 0o600 });
  await writeFile(path.join(directory, 'HEAD'), `ref: refs/heads/${branch}\n`, { mode: 0o600 });
}

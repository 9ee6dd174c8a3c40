// What must not go to one destination, though it goes to others: secrets where strangers can read, and files that it cannot
// take. Only what would travel is looked at: what lies there already passed here before.
import type { StagedFile, StageProblem } from '../../domain/backup/entry.js';
import type { Destination } from '../../domain/backup/ports.js';
import { secretPath } from '../../domain/secrets/path.js';
import { createSecretScan } from '../../domain/secrets/scan.js';
import type { BackupPorts, Task } from './ports.js';

/** The files of `files` that this destination must not get; `travelling` are the object ids that would be sent, and are staged. */
export async function refusals(
  ports: BackupPorts,
  run: string,
  store: Destination,
  files: readonly StagedFile[],
  travelling: ReadonlySet<string>,
  task: Task,
): Promise<readonly StageProblem[]> {
  const { largest } = store;
  const tooLarge = files.filter(({ size }) => largest !== null && size > largest);
  const refused: StageProblem[] = tooLarge.map(({ local, path, size }) => {
    const reason = `it has ${size} bytes, and ${store.name} takes ${largest ?? 0} (set oversize: split to store it in parts)`;
    return { local, path, status: 'REFUSED', reason };
  });
  if (!store.exposed) return refused;
  const secrets = await secretsAmong(ports, run, store, files, travelling, task);
  return [...refused, ...secrets];
}

async function secretsAmong(
  ports: BackupPorts,
  run: string,
  store: Destination,
  files: readonly StagedFile[],
  travelling: ReadonlySet<string>,
  task: Task,
): Promise<StageProblem[]> {
  const held = (file: StagedFile, why: string): StageProblem => ({
    local: file.local,
    path: file.path,
    status: 'REFUSED',
    reason: `held back from ${store.name}, which is not encrypted: ${why} (exclude it, or set encryption)`,
  });
  const refused = new Map<string, StageProblem>();
  for (const file of files) {
    const hit = secretPath(file.local) ?? secretPath(file.path);
    if (hit !== null) refused.set(file.path, held(file, hit.reason));
  }
  const unread = files.filter(({ oid, path }) => travelling.has(oid) && !refused.has(path));
  const oids = [...new Set(unread.map(({ oid }) => oid))];
  if (oids.length > 0) task.progress(`looking for secrets in ${oids.length} files`);
  for await (const blob of ports.stages.read(run, oids, task.signal)) {
    if ('problem' in blob) continue;
    const scan = createSecretScan();
    for await (const chunk of blob.chunks) scan.update(chunk);
    const hit = scan.result();
    if (hit === null) continue;
    for (const file of unread.filter(({ oid }) => oid === blob.oid)) {
      refused.set(file.path, held(file, `line ${hit.line} looks like a secret (${hit.rule})`));
    }
  }
  return [...refused.values()];
}

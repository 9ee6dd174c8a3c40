// Healing needs the good bytes once more. They come from the source, and only when it still holds exactly those.
import type { StagedFile } from '../../domain/backup/entry.js';
import type { StageInput } from '../../domain/backup/local-ports.js';
import type { BackupPorts, Task } from './ports.js';

export interface Restaged {
  /** Object ids that are in the stage now. */
  readonly held: ReadonlySet<string>;
  /** Files that are gone or different by now: "path: why". */
  readonly lost: readonly string[];
}

/** Reads these files into the run's stage again. */
export async function stageAgain(
  ports: BackupPorts,
  run: string,
  files: readonly StagedFile[],
  task: Task,
): Promise<Restaged> {
  const inputs: StageInput[] = [];
  const lost: string[] = [];
  for (const file of files) {
    const place = await ports.source.locate(file.local);
    if (place === null) lost.push(`${file.local}: it is gone from the data directory`);
    else inputs.push({ local: file.local, path: file.path, absolute: place.absolute, mode: file.mode });
  }
  const { staged, problems } = await ports.stages.add(run, inputs, task.signal);
  const wanted = new Map(files.map((file) => [file.path, file.oid]));
  for (const file of staged) {
    if (wanted.get(file.path) !== file.oid) lost.push(`${file.local}: it has changed since`);
  }
  lost.push(...problems.map(({ local, reason }) => `${local}: ${reason}`));
  return { held: new Set(staged.map((file) => file.oid)), lost };
}

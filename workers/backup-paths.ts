import path from 'node:path';

/** Where the backup capability keeps its state. */
export function backupPaths(stateDir: string): {
  dir: string;
  gitHome: string;
  stages: string;
  boxes: string;
  undo: string;
  drill: string;
} {
  const dir = path.join(stateDir, 'backup');
  return {
    dir,
    gitHome: path.join(stateDir, 'git-home'),
    stages: path.join(dir, 'stage'),
    boxes: path.join(dir, 'boxes'),
    undo: path.join(stateDir, 'undo'),
    drill: path.join(stateDir, 'drill'),
  };
}

// A command of a playbook that can be counted from outside: each run leaves a line in a file.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kit } from '../scenario.js';

export interface Counted {
  /** For `run:` or `restart:` in healing.yaml. */
  readonly argv: readonly string[];
  /** How often it has run. */
  runs(): Promise<number>;
}

/** `lines` of /bin/sh. With a broken healer the command says that it is done, and does nothing. */
export async function countedCommand(kit: Kit, name: string, lines: readonly string[]): Promise<Counted> {
  const script = join(kit.dir, `${name}.sh`);
  const count = join(kit.dir, `runs-of-${name}`);
  const body = kit.broken ? ['echo "done"'] : [`echo $$ >>"${count}"`, ...lines];
  await writeFile(script, `${['#!/bin/sh', ...body].join('\n')}\n`);
  await chmod(script, 0o700);
  return {
    argv: [script],
    async runs() {
      const text = await readFile(count, 'utf8').catch(() => '');
      return text.split('\n').length - 1;
    },
  };
}

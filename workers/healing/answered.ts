// `<state>/healing/answered.json`: providers that have answered on this node. Only the failure of such a one is news.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import type { ProvidersView } from '../../gateway/view.js';
import { healingDir } from './monitor-file.js';

const schema = z.array(z.string());

export interface Answered {
  has(name: string): boolean;
  /** Adds who is well now. A file that cannot be written costs only memory of it. */
  note(view: ProvidersView): Promise<void>;
}

export function openAnswered(stateDir: string): Answered {
  const file = path.join(healingDir(stateDir), 'answered.json');
  const names = new Set(read(file));
  return {
    has: (name) => names.has(name),
    async note({ providers }) {
      const fresh = providers.filter(({ name, health }) => health?.state === 'good' && !names.has(name));
      if (fresh.length === 0) return;
      for (const { name } of fresh) names.add(name);
      await atomicWrite(file, JSON.stringify([...names]), { sync: false }).catch(() => undefined);
    },
  };
}

function read(file: string): readonly string[] {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}

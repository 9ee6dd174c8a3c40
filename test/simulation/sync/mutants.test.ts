// The simulation is worth something only when it notices what is wrong: each mutant must be caught within some hundred stories.
import { afterAll, describe, expect, it, vi } from 'vitest';
import type * as Reconcile from '../../../domain/sync/reconcile.js';
import type { Plan, ReconcileInput } from '../../../domain/sync/reconcile.js';
import { seeded } from '../../support/e2e-random.js';
import { MUTANTS, SOUND, type Mutant } from './mutants.js';
import { kindOf } from './story.js';

const current: { plan: Mutant['plan'] } = { plan: undefined };

vi.mock('../../../domain/sync/reconcile.js', async (original) => {
  const actual = await original<typeof Reconcile>();
  return { ...actual, reconcile: (input: ReconcileInput) => changed(actual.reconcile(input), input) };
});

const { play } = await import('./world.js');

const MOST = 1_000;

describe('a mutant of sync is noticed', () => {
  it.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutant) => {
      expect(await firstFailure(mutant)).not.toBeNull();
    },
    300_000,
  );
});

it('what is shipped passes the same stories', async () => {
  expect(await firstFailure(SOUND, 200)).toBeNull();
}, 120_000);

afterAll(() => {
  current.plan = undefined;
});

async function firstFailure(mutant: Mutant, most = MOST): Promise<string | null> {
  current.plan = mutant.plan;
  for (let seed = 1; seed <= most; seed += 1) {
    try {
      const told = await play({ random: seeded(seed), mutant, ...kindOf(seed) });
      if (mutant.plan !== 'random-names') continue;
      // What is drawn differs from run to run, and so from node to node.
      const again = await play({ random: seeded(seed), mutant, ...kindOf(seed) });
      if (told.lines.at(-1) !== again.lines.at(-1)) return `${seed}: I10: two runs of one seed differ`;
    } catch (error) {
      return `${seed}: ${String(error)}`;
    }
  }
  return null;
}

function changed(plan: Plan, { local, hub }: ReconcileInput): Plan {
  const publish = new Map(plan.publish);
  const apply = new Map(plan.apply);
  for (const { rule, path, other } of plan.notes) {
    if (current.plan === 'delete-wins' && rule === 'delete-vs-modify') {
      if (hub.has(path)) publish.set(path, null);
      else publish.delete(path);
      if (local.has(path)) apply.set(path, null);
      else apply.delete(path);
    }
    if (other === null || rule !== 'append-date') continue;
    const version = publish.get(other);
    if (version === undefined) continue;
    const name =
      current.plan === 'random-names'
        ? `memory/${Math.random().toString(36).slice(2)}.md`
        : current.plan === 'dated-overwrite'
          ? 'memory/2026-03-01-notes.md'
          : other;
    publish.delete(other);
    apply.delete(other);
    publish.set(name, version);
    apply.set(name, version);
  }
  return { ...plan, publish, apply };
}

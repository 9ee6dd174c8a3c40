import { describe, expect, it } from 'vitest';
import { byPolicy, embeddingModel, hasLargerContext } from '../../../domain/failover/plan.js';
import { chance } from './support/chance.js';
import { facts, names, planned, provider } from './support/plans.js';

const a = provider('a', { priority: 1 });
const b = provider('b', { priority: 2, location: 'local' });
const c = provider('c', { priority: 3 });

describe('the policy', () => {
  it('goes by priority, then by price with an unknown one last, then by name', () => {
    const free = provider('z', { cost: 0 });
    const dear = provider('m', { cost: 9 });
    const list = [provider('y'), provider('x'), dear, provider('last', { priority: 2, cost: 0 }), free];
    expect(byPolicy(list).map((each) => each.name)).toEqual(['z', 'm', 'x', 'y', 'last']);
  });

  it.each(['sequential', 'parallel'] as const)('is the order in mode %s', (mode) => {
    expect(names([c, a, b], { failover: { mode } })).toBe('a b c');
  });
});

describe('mode weighted', () => {
  it('puts each provider first about as often as its weight says', () => {
    const random = chance(42);
    const list = [provider('a', { weight: 6 }), provider('b', { weight: 3 }), provider('c', { weight: 1 })];
    const first: Record<string, number> = { a: 0, b: 0, c: 0 };
    const second: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let n = 0; n < 20_000; n++) {
      const [head, next] = planned(list, { failover: { mode: 'weighted' }, random }).order.map(
        (each) => each.name,
      );
      first[head ?? '']! += 1 / 20_000;
      if (head === 'a') second[next ?? '']! += 1 / 20_000 / 0.6;
    }
    expect(first['a']).toBeCloseTo(0.6, 1.7);
    expect(first['b']).toBeCloseTo(0.3, 1.7);
    expect(first['c']).toBeCloseTo(0.1, 1.7);
    // Drawn without putting back: of the rest, 3 to 1.
    expect(second['b']).toBeCloseTo(0.75, 1.7);
  });
});

describe('who goes first', () => {
  it('is the provider that has the model, or is called as the model', () => {
    expect(names([a, b, c], { facts: { model: 'c-model' } })).toBe('c a b');
    expect(names([a, b, c], { facts: { model: 'b' } })).toBe('b a c');
    expect(names([a, b, c], { facts: { model: 'gpt-4o' } })).toBe('a b c');
  });

  it('is the one that a switch names, whatever model was asked for', () => {
    expect(names([a, b, c], { switched: 'b', facts: { model: 'c-model' } })).toBe('b c a');
  });

  it('is never a silent one while there is another', () => {
    expect(names([a, b, c], { suspects: ['a'] })).toBe('b c a');
    expect(names([a, b, c], { suspects: ['b'], switched: 'b', facts: { model: 'b' } })).toBe('a c b');
    expect(names([a, b, c], { suspects: ['a', 'b', 'c'] })).toBe('a b c');
  });
});

describe('who is left out', () => {
  it('is everybody but the pinned one', () => {
    const result = planned([a, b, c], { facts: { only: 'b' }, switched: 'a' });
    expect(result.order).toEqual([b]);
    expect(result.excluded).toEqual([
      { name: 'a', why: 'pinned' },
      { name: 'c', why: 'pinned' },
    ]);
    expect(planned([a], { facts: { only: 'nobody' } }).order).toEqual([]);
  });

  it('is who cannot do what the request needs', () => {
    const plain = provider('plain', { supports: ['chat', 'stream'] });
    expect(names([plain, c], { facts: { needs: ['tools'] } })).toBe('c');
    expect(names([plain, c], { facts: { kind: 'completions' } })).toBe('c');
    expect(names([plain, c], { facts: { stream: true } })).toBe('plain c');
  });

  it('is every remote one behind a local one, when going from local to remote is forbidden', () => {
    const forbid = { failover: { localToRemote: 'forbid' } } as const;
    expect(names([a, b, c], forbid)).toBe('a b c');
    expect(names([a, b, c], { ...forbid, switched: 'b' })).toBe('b');
    expect(names([a, b, c], { ...forbid, switched: 'b', suspects: ['b'] })).toBe('b');
    expect(planned([b, c], { ...forbid, facts: { model: 'b' } }).excluded).toEqual([
      { name: 'c', why: 'local_to_remote' },
    ]);
  });
});

describe('embeddings', () => {
  const kind = 'embeddings' as const;
  const bge1 = provider('bge1', { priority: 2, embeddingModel: 'bge' });
  const bge2 = provider('bge2', { priority: 3, model: 'bge', supports: ['embeddings'] });
  const other = provider('other', { priority: 1, embeddingModel: 'nomic' });

  it('stay with the model of the provider that goes first', () => {
    expect(names([bge1, bge2, other], { facts: { kind } })).toBe('other');
    expect(names([bge1, bge2, other], { facts: { kind }, switched: 'bge1' })).toBe('bge1 bge2');
  });

  it('go to those who serve the model that was asked for, whoever goes first', () => {
    const result = planned([bge1, bge2, other], { facts: { kind, model: 'bge' }, switched: 'other' });
    expect(result.order).toEqual([bge1, bge2]);
    expect(result.excluded).toEqual([{ name: 'other', why: 'other_model' }]);
  });

  it('ask a provider that declares no embeddings for the model that the client names', () => {
    expect(embeddingModel(a, { ...facts, kind, model: 'bge' })).toBe('bge');
    expect(embeddingModel(a, { ...facts, kind, model: 'a' })).toBe('a-model');
    expect(names([a, bge1], { facts: { kind, model: 'bge' } })).toBe('bge1 a');
  });

  it('take what two providers have loaded for two models', () => {
    const loaded = [1, 2].map((n) => provider(`l${String(n)}`, { model: 'auto-detect' }));
    expect(names(loaded, { facts: { kind } })).toBe('l1');
    expect(names(loaded, { facts: { kind, model: 'bge' } })).toBe('l1 l2');
  });
});

describe('a larger context', () => {
  it.each([
    [null, 8_000, true],
    [8_000, null, true],
    [9_000, 8_000, true],
    [8_000, 8_000, false],
    [4_000, 8_000, false],
  ])('of %s could answer what did not fit into %s: %s', (contextLength, failed, could) => {
    expect(hasLargerContext(provider('x', { contextLength }), provider('y', { contextLength: failed }))).toBe(
      could,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { NO_SWITCH, switchedTo, targetOf } from '../../../domain/failover/switching.js';

const order = [{ name: 'kimi' }, { name: 'lmstudio' }, { name: 'ollama' }];

describe('a switch', () => {
  it('holds until its time is over', () => {
    const given = { to: 'ollama', until: 1_000, at: 0, by: 'ops' };
    expect(switchedTo(given, 999)).toBe('ollama');
    expect(switchedTo(given, 1_000)).toBeNull();
  });

  it('without an end holds until it is taken back', () => {
    expect(switchedTo({ to: 'ollama', until: null, at: 0, by: 'ops' }, Number.MAX_SAFE_INTEGER)).toBe(
      'ollama',
    );
    expect(switchedTo(NO_SWITCH, 0)).toBeNull();
  });
});

describe('the word of a switch', () => {
  it('primary means the policy again, a name means itself', () => {
    expect(targetOf('primary', order, () => false)).toBeNull();
    expect(targetOf('ollama', order, () => false)).toBe('ollama');
  });

  it('backup means the first after the primary that can be used', () => {
    expect(targetOf('backup', order, () => true)).toBe('lmstudio');
    expect(targetOf('backup', order, (name) => name === 'ollama')).toBe('ollama');
  });

  it('backup means the first after the primary when none can be used, for a person said so', () => {
    expect(targetOf('backup', order, (name) => name === 'kimi')).toBe('lmstudio');
  });

  it('is nobody when there is no such provider', () => {
    expect(targetOf('openai', order, () => true)).toBeUndefined();
    expect(targetOf('backup', order.slice(0, 1), () => true)).toBeUndefined();
    expect(targetOf('backup', [], () => true)).toBeUndefined();
  });
});

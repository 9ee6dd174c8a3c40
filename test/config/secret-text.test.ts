import { describe, expect, it } from 'vitest';
import { isSecretVariable, looksSecret } from '../../config/secret-text.js';

describe('a text that looks like a secret', () => {
  it.each([
    'sk-live-abcdefgh',
    'ghp_abcdefghijkl',
    'github_pat_11ABCDEFG',
    'xoxb-123456',
    'AKIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9',
    'https://user:pass@host/x',
    '4f9a1c77e0b2d853',
  ])('%s', (text) => {
    expect(looksSecret(text)).toBe(true);
  });

  it.each([
    'uptime_percentage_24h',
    'sequential',
    '/opt/development',
    'http://localhost:11434/v1',
    'kimi-k2p5',
    '127.0.0.1',
  ])('%s does not', (text) => {
    expect(looksSecret(text)).toBe(false);
  });
});

describe('a variable that holds a secret', () => {
  it.each([
    ['GITHUB_TOKEN', true],
    ['KIMI_API_KEY', true],
    ['db_password', true],
    ['MY_PASS', true],
    ['NXS_NODE', false],
    ['HOME', false],
  ])('%s: %s', (name, secret) => {
    expect(isSecretVariable(name)).toBe(secret);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretPath } from '../../../domain/secrets/path.js';

describe('secretPath', () => {
  it.each([
    ['credentials/google.json', 'credentials-directory'],
    ['a/Credentials/x', 'credentials-directory'],
    ['.aws/credentials', 'credentials-directory'],
    ['.env', 'env-file'],
    ['config/.env.local', 'env-file'],
    ['config/.ENV', 'env-file'],
    ['.envrc', 'env-file'],
    ['tls/server.pem', 'key-file'],
    ['server.KEY', 'key-file'],
    ['a/b/client.p12', 'key-file'],
    ['id_rsa', 'ssh-key'],
    ['keys/id_ed25519', 'ssh-key'],
    ['keys/id_ed25519.pub', 'ssh-key'],
    ['id_work', 'ssh-key'],
    ['id_work.bak', 'ssh-key'],
    ['ID_RSA.old', 'ssh-key'],
    ['id_rsa.enc', 'ssh-key'],
    ['id_ecdsa_sk', 'ssh-key'],
    ['.netrc', 'netrc'],
    ['home/.git-credentials', 'git-credentials'],
    ['home/.ssh/config', 'ssh-directory'],
    ['home/.\u017f\u017fh/config', 'ssh-directory'],
    ['kubeconfig', 'kubeconfig'],
    ['clusters/prod-kubeconfig.yaml', 'kubeconfig'],
    ['kubeconfigs/prod.yaml', 'kubeconfig'],
  ])('denies %s', (path, rule) => {
    expect(secretPath(path)).toMatchObject({ rule, reason: expect.stringMatching(/^it/) as string });
  });

  it.each([
    'MEMORY.md',
    'memory/credentials.md',
    'memory/environment.md',
    'config/env.yaml',
    'id_map.md',
    'id_table.csv',
    'memory/id_rules.yaml',
    'id_x/notes.md',
    'keys.md',
    'config/hotkey',
    'monkey',
    'a.pem.md',
    'netrc.md',
    'ssh/notes.md',
    'kube/config.md',
  ])('lets %s pass', (path) => {
    expect(secretPath(path)).toBeNull();
  });

  it('does not depend on case, on the form of letters, or on the depth', () => {
    const names = fc.constantFrom('.env', 'id_rsa', 'x.pem', '.netrc', 'credentials/caf\u00e9', '.ssh/k');
    fc.assert(
      fc.property(
        names,
        fc.array(fc.constantFrom('a', 'B', 'caf\u00e9'), { maxLength: 4 }),
        (name, above) => {
          const path = [...above, name].join('/');
          const rule = secretPath(name)?.rule;
          expect(rule).toBeDefined();
          expect(secretPath(path.toUpperCase())?.rule).toBe(rule);
          expect(secretPath(path.normalize('NFD'))?.rule).toBe(rule);
        },
      ),
    );
  });
});

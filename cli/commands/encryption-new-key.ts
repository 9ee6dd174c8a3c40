import { randomBytes } from 'node:crypto';
import type { Command } from '../definition.js';

export const encryptionNewKey: Command = {
  name: 'encryption new-key',
  summary: 'make a key for temporal.encryption: prints the line for .env, keeps nothing',
  details:
    'Whoever has the key can read the histories, and without it nobody can: keep a copy where the backups are not. docs/encryption.md says how to begin and how to change the key.',
  run({ context }) {
    const id = new Date().toISOString().slice(0, 7);
    context.out(`NXS_TEMPORAL_KEY=${randomBytes(32).toString('base64')}`);
    context.note('add the line above to .env (mode 0600) beside nxs.yaml, and to nxs.yaml, under temporal:');
    context.note(`  encryption: { keys: [{ id: "${id}", key: "\${NXS_TEMPORAL_KEY}" }] }`);
    return Promise.resolve(0);
  },
};

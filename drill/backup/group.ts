// Backups: what was stored is harmed, the place is gone, the token is revoked, local files are lost.
import type { Group } from '../scenario.js';
import { remoteGone, tokenRevoked } from './reach.js';
import { restored } from './restore.js';
import { openSetting, type BackupSetting } from './setting.js';
import { deleted, tampered } from './stored.js';

export const backupGroup: Group<BackupSetting> = {
  name: 'backup',
  scenarios: [tampered, deleted, remoteGone, tokenRevoked, restored],
  open: openSetting,
};

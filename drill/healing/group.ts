// Healing: what dies is brought back, a remedy that fails is not repeated, what is full is relieved; and nobody is passed over.
import type { Group } from '../scenario.js';
import { openApproval, type ApprovalSetting } from './approval-setting.js';
import { denied, given, late } from './approval.js';
import { diskFull } from './disk-full.js';
import { memoryHigh } from './memory-high.js';
import { restartFails } from './restart-fails.js';
import { serviceKilled } from './service-killed.js';
import { openSetting, type HealingSetting } from './setting.js';

export const healingGroup: Group<HealingSetting> = {
  name: 'healing',
  scenarios: [serviceKilled, restartFails, memoryHigh, diskFull],
  open: openSetting,
};

export const approvalGroup: Group<ApprovalSetting> = {
  name: 'approval',
  scenarios: [given, denied, late],
  open: openApproval,
};

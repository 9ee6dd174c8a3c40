import { answerCommand } from '../sync-answer.js';

export const syncDeny = answerCommand(
  'sync deny',
  'refuse what waits: what was deleted or cut comes back on both sides',
);

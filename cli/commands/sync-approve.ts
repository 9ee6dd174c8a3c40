import { answerCommand } from '../sync-answer.js';

export const syncApprove = answerCommand(
  'sync approve',
  'let pass once what waits: deletions, files that shrank to almost nothing, restored files',
);

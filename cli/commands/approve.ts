import { decisionCommand } from '../decide.js';

export const approve = decisionCommand(
  'approve',
  'say yes to what an incident wants to do; the answer says at once whether it counts',
);

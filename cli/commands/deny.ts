import { decisionCommand } from '../decide.js';

export const deny = decisionCommand(
  'deny',
  'say no to what an incident wants to do: nothing is done, and it rests before it asks again',
);

// Error lines that a soak provokes, each with its reason. Everything else is a violation.
import type { Allowed } from '../checks/logs.js';

export const ALLOWED_LINES: readonly Allowed[] = [
  {
    pattern: /"workflowExists":false,"msg":"Failed to process Workflow Activation"/,
    reason:
      'A worker that was stopped for longer than a task may take is given what belongs to a run that it no longer holds; the SDK fails that one task, and the engine gives the whole history to the next.',
  },
];

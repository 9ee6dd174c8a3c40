// Error lines that a soak provokes, each with its reason. Everything else is a violation.
import type { Allowed } from '../checks/logs.js';

export const ALLOWED_LINES: readonly Allowed[] = [];

// How a look at a provider's abilities reads on a screen.
import type { Verified, VerifyStep } from '../workers/failover/verify.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';

/** `chat        ok   412 ms  answered as kimi-k2p5, with usage`. */
export function stepText({ step, ok, needed, ms, detail }: VerifyStep): string {
  const mark = ok ? 'ok' : needed ? 'BAD' : 'no';
  const line = printable(detail).replace(/\s+/g, ' ').slice(0, 200);
  return `${step.padEnd(10)}  ${mark.padEnd(3)}  ${`${Math.round(ms)} ms`.padStart(8)}  ${line}`;
}

/** One sentence on the whole provider. */
export function verdictText(context: Context, { verdict, unset, steps }: Verified): string {
  const missing = steps.filter(({ ok, needed }) => needed && !ok).map(({ step }) => step);
  switch (verdict) {
    case 'good':
      return context.paint('good', 'does its job');
    case 'partly':
      return context.paint('bad', `answers, but not for ${missing.join(', ')}`);
    case 'bad':
      return context.paint('bad', 'does not answer');
    case 'not_configured':
      return context.paint('dim', `not configured: ${unset.join(', ')} is not set`);
  }
}

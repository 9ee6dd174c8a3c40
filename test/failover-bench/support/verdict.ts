import type { Heard } from '../../support/llm-heard.js';
import type { Check, Run, Scenario } from './scenario.js';

export type Verdict = 'pass' | 'partial' | 'safe' | 'fail';

export interface Judged {
  readonly verdict: Verdict;
  /** Why it is not a pass, one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * pass: the ideal outcome and every check clean; partial: an advisory check failed; safe: no answer, but an error that
 * every client notices; fail: a required check failed, a hang, or something broken or truncated passed off as an answer.
 */
export function judgeRun(scenario: Scenario, run: Run): Judged {
  const missed = (checks: readonly Check[]) =>
    checks.filter((check) => !check.holds(run)).map(({ what }) => what);
  const wrong = [...new Set(run.all.flatMap(({ heard }) => lies(heard)))];
  const broken = [...wrong, ...missed(scenario.required).map((what) => `required: ${what}`)];
  if (broken.length > 0) return { verdict: 'fail', reasons: broken };
  if (!isIdeal(scenario, run))
    return { verdict: 'safe', reasons: [`no answer: ${run.heard.error?.message ?? run.heard.outcome}`] };
  const advised = missed(scenario.advisory).map((what) => `advisory: ${what}`);
  return { verdict: advised.length === 0 ? 'pass' : 'partial', reasons: advised };
}

function isIdeal({ ideal }: Scenario, { heard }: Run): boolean {
  return (
    heard.outcome === (ideal === 'answer' ? 'answered' : 'clean_error') ||
    (ideal === 'reason' && heard.outcome === 'answered')
  );
}

/** What no caller can defend itself against. */
function lies({ outcome, text, finish }: Heard): readonly string[] {
  switch (outcome) {
    case 'hang':
      return ['a call hung'];
    case 'truncated':
      return [`a wrong text passed off as an answer: ${text.length} characters, finish ${String(finish)}`];
    case 'broken':
      return ['something that is not of the protocol reached the caller'];
    default:
      return [];
  }
}

const ORDER: readonly Verdict[] = ['fail', 'safe', 'partial', 'pass'];

/** A fault is as good as the worst of its variants. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((each) => verdicts.includes(each)) ?? 'pass';
}

/** `16 pass` or `11 pass, 2 partial, 0 safe, 3 fail`, in the order of the published tables. */
export function tally(verdicts: readonly Verdict[]): string {
  return ORDER.toReversed()
    .map((each) => `${verdicts.filter((one) => one === each).length} ${each}`)
    .join(', ');
}

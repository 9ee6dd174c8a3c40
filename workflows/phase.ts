// One place where a workflow says what it is doing: the `status` query, and the current details in the web UI.
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { statusQuery } from './messages.js';

const OUTCOME = defineSearchAttributeKey('NxsOutcome', 'KEYWORD');

export interface Phase {
  /** A step begins. `detail` is one line of Markdown. */
  enter(phase: string, detail?: string): void;
  /** The end of the run: the line that the web UI keeps, and the search attribute to filter by. */
  finish(outcome: string, detail: string): void;
}

/** Answers `status` from now on, with what `more` adds. Call it first, before anything is awaited. */
export function trackPhase(first: string, more: () => object = () => ({})): Phase {
  let current = { phase: first, since: now(), detail: '' };
  setHandler(statusQuery, () => ({ ...current, ...more() }));
  const enter = (phase: string, detail = ''): void => {
    current = { phase, since: now(), detail };
    setCurrentDetails(detail === '' ? phase : `**${phase}**: ${detail}`);
  };
  return {
    enter,
    finish(outcome, detail) {
      enter(outcome, detail);
      upsertSearchAttributes([{ key: OUTCOME, value: outcome }]);
    },
  };
}

/**
 * Names this run in the state directory: its start time and the head of Temporal's run id, so that names sort by time
 * and a retried activity finds the work of its own run.
 */
export function runName(): string {
  const { startTime, runId } = workflowInfo();
  return `${startTime.toISOString().replace(/[-:]|\.\d+/g, '')}-${runId.slice(0, 8)}`;
}

/** ISO time of the workflow's own, replayable clock. */
export function now(): string {
  return new Date().toISOString();
}

import { describe, expect, it } from 'vitest';
import { countActions } from '../../../bench/scale/actions.js';
import type { EngineRows } from '../../../bench/scale/engine-rows.js';
import { gained, kindOf } from '../../../bench/scale/gained.js';
import { figure, renderGrid } from '../../../bench/measure/grid.js';

const event = (kind: string, body: object = {}) => ({
  eventId: 1,
  [`${kind}EventAttributes`]: body,
  other: null,
});

describe('actions of a history', () => {
  it('are its start, each attempt of an activity, timers and signals, and no workflow tasks', () => {
    const events = [
      event('workflowExecutionStarted'),
      event('workflowTaskScheduled'),
      event('workflowTaskCompleted'),
      event('activityTaskScheduled'),
      event('activityTaskStarted', { attempt: 3 }),
      event('activityTaskCompleted'),
      event('timerStarted'),
      event('workflowExecutionSignaled'),
      event('workflowExecutionCompleted'),
    ];
    expect(countActions(events)).toEqual({ events: 9, actions: 1 + 3 + 1 + 1, requests: 2, activities: 3 });
  });

  it('a signal that came with the start is one with it, and all markers of a workflow task are one', () => {
    const marker = event('markerRecorded');
    const events = [event('workflowExecutionStarted'), event('workflowExecutionSignaled'), marker, marker];
    expect(countActions([...events, event('workflowTaskCompleted'), marker]).actions).toBe(3);
  });
});

describe('what came between two looks', () => {
  it('is told apart by what it belongs to', () => {
    const ids = {
      'nxs/n1/sync/scheduled-2026-11-29T12:30:00Z': 'sync',
      'nxs/n1/sync/cycle': 'asked:sync',
      'nxs/n1/healing': 'healing',
      'temporal-sys-scheduler:nxs-n1-backup-hourly': 'schedule:access-check',
      'temporal-sys-scheduler:nxs-n1-sync': 'schedule:sync',
      'temporal-sys-tq-scanner': 'server',
    };
    for (const [id, kind] of Object.entries(ids)) expect(kindOf(id)).toBe(kind);
  });

  it('counts what an old run gained, and a new one with its own rows', () => {
    const look = (executions: EngineRows['executions']) => ({ at: 0, executions, rows: 0, fileBytes: 0 });
    const old = { workflowId: 'nxs/n1/healing', runId: 'a', events: 10, nodes: 4, bytes: 100 };
    const fresh = { workflowId: 'nxs/n1/sync/cycle', runId: 'b', events: 20, nodes: 8, bytes: 50 };
    const gains = gained(look([old]), look([{ ...old, events: 13, nodes: 6, bytes: 130 }, fresh]));
    expect(gains.get('healing')).toEqual({ runs: 0, events: 3, rows: 2, bytes: 30 });
    expect(gains.get('asked:sync')).toEqual({ runs: 1, events: 20, rows: 12, bytes: 50 });
  });
});

it('a figure has three digits that count', () => {
  const told = [0, 0.01234, 4.567, 45.67, 1234.5, 1_234_567].map(figure);
  expect(told).toEqual(['0', '0.0123', '4.57', '45.7', '1,235', '1,234,567']);
  expect(renderGrid('t', ['', 'n'], [['a', 1234]])).toBe('t\n\n       n\n--------\na  1,234\n');
});

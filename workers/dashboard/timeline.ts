// One event of the journal as one line for people.
import type { Light, TimelineEntry } from '../../dashboard/model.js';
import { knownBodyOf, type JournalEvent, type KnownBody } from '../../domain/journal.js';
import { workflowId } from '../../domain/ids.js';
import type { TimelineName } from '../../domain/panels.js';

/** Types, or their beginnings, that a timeline is made of; none: all. */
export const TYPES: Readonly<Record<TimelineName, readonly string[]>> = {
  healing_log: [
    'healing.acted',
    'healing.verified',
    'healing.asked',
    'healing.answered',
    'healing.stuck',
    'healing.finished',
    'healing.paused',
    'healing.resumed',
  ],
  failovers: ['provider.'],
  backups: ['backup.', 'restore.'],
  conflicts: ['sync.'],
  journal: [],
};

/** null: a line that says nothing to people. */
export function timelineEntry(
  event: JournalEvent,
  link: (workflow: string) => string | null,
): TimelineEntry | null {
  const body = knownBodyOf(event);
  if (body === null) return { at: event.at, text: event.type, light: 'unknown', link: null };
  const words = wordsOf(body);
  if (words === null) return null;
  const [light, text] = words;
  const incident = event.data['incident'];
  const workflow = typeof incident === 'string' ? workflowId(event.node, 'incident', incident) : null;
  return { at: event.at, text, light, link: workflow === null ? null : link(workflow) };
}

function wordsOf(body: KnownBody): readonly [Light, string] | null {
  switch (body.type) {
    case 'healing.detected':
      return ['unknown', `${body.data.subject}: ${body.data.detail}`];
    case 'healing.acted': {
      const { level, action, target, status, duration_ms: ms } = body.data;
      if (status === 'started') return null;
      const took = ms < 100 ? '' : ` in ${(ms / 1000).toFixed(1)} s`;
      return [
        status === 'completed' ? 'good' : 'bad',
        `L${String(level)} ${action} on ${target}: ${status}${took}`,
      ];
    }
    case 'healing.verified':
      return [
        body.data.healed ? 'good' : 'bad',
        `${body.data.healed ? 'verified' : 'no effect'}: ${body.data.detail}`,
      ];
    case 'healing.asked':
      return ['unknown', `asked: level ${String(body.data.level)} until ${body.data.expires}`];
    case 'healing.answered':
      return [body.data.accepted ? 'good' : 'unknown', body.data.sentence];
    case 'healing.stuck':
      return ['bad', `a person is needed: ${body.data.reason}`];
    case 'healing.finished': {
      const { outcome, subject, total_ms: ms, summary } = body.data;
      return [
        outcome === 'cancelled' ? 'unknown' : 'good',
        `${subject} ${outcome} after ${(ms / 1000).toFixed(1)} s: ${summary}`,
      ];
    }
    case 'healing.paused':
      return ['unknown', `paused by ${body.data.by} until ${body.data.until}`];
    case 'healing.resumed':
      return ['good', `resumed by ${body.data.by}`];
    case 'healing.blind':
      return [
        body.data.over ? 'good' : 'bad',
        `${body.data.subject} ${body.data.over ? 'is seen again' : `cannot be seen: ${body.data.detail}`}`,
      ];
    case 'provider.transition':
      return [
        body.data.to === 'closed' ? 'good' : 'bad',
        `${body.data.provider}: ${body.data.from} → ${body.data.to}${body.data.reason === null ? '' : ` (${body.data.reason})`}`,
      ];
    case 'provider.failover':
      return [
        'unknown',
        `${body.data.from} → ${body.data.to} in ${(body.data.duration_ms / 1000).toFixed(2)} s: ${body.data.reason}`,
      ];
    case 'provider.switched':
      return [
        'unknown',
        body.data.to === null
          ? `back to the policy's order, by ${body.data.by}`
          : `switched to ${body.data.to} by ${body.data.by}`,
      ];
    case 'backup.finished':
      return [
        body.data.outcome === 'green' ? 'good' : 'bad',
        `backup ${body.data.outcome}: ${String(body.data.files)} files`,
      ];
    case 'backup.verified':
      return [
        body.data.outcome === 'green' ? 'good' : 'bad',
        `${body.data.level} verification ${body.data.outcome}: ${String(body.data.files)} files`,
      ];
    case 'backup.tampered':
      return ['bad', `${body.data.destination} was tampered with: ${body.data.kind}`];
    case 'backup.drilled':
      return [
        body.data.outcome === 'green' ? 'good' : 'bad',
        `restore drill of ${body.data.destination}: ${body.data.outcome}`,
      ];
    case 'restore.finished':
      return [
        body.data.outcome === 'green' ? 'good' : 'bad',
        `restore from ${body.data.destination}: ${body.data.outcome}`,
      ];
    case 'sync.finished': {
      const { state, published, applied, conflicts } = body.data;
      return [
        state === 'ok' ? 'good' : 'unknown',
        `sync ${state.replaceAll('_', ' ')}: ${String(published)} out, ${String(applied)} in, ${String(conflicts)} conflicts`,
      ];
    }
    case 'config.reloaded':
      return body.data.outcome === 'applied'
        ? ['good', `another configuration is in force: ${body.data.changed.join(', ')}`]
        : ['bad', 'another configuration was taken back: the worker could not run with it'];
    case 'control-plane.started':
      return ['good', 'control plane started'];
    case 'control-plane.stopped':
      return ['unknown', `control plane stopped: ${body.data.reason}`];
    case 'worker.restarted':
    case 'engine.restarted':
      return [
        'bad',
        `${body.type === 'worker.restarted' ? 'worker' : 'Temporal'} restarted: ${body.data.reason}`,
      ];
    case 'uptime.measured':
    case 'backup.access':
    case 'healing.decided':
    case 'healing.braked':
      return null;
    default:
      return ['unknown', body.type];
  }
}

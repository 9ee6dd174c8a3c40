// Which lines of the journal a quiet control plane may write.
import { knownBodyOf, type JournalEvent } from '../../domain/journal.js';

/** A sentence for each that says that something was done or seen that was not there. */
export function notQuiet(event: JournalEvent): readonly string[] {
  const body = knownBodyOf(event);
  switch (body?.type) {
    case 'uptime.measured':
    case 'control-plane.started':
    case 'backup.access':
      return [];
    case 'backup.finished':
    case 'backup.verified':
      return body.data.outcome === 'green' ? [] : [`${body.type}: ${body.data.outcome}`];
    case 'backup.drilled':
      return body.data.outcome === 'green' ? [] : [`backup.drilled: ${body.data.outcome}`];
    case 'sync.finished':
      return body.data.conflicts + body.data.held === 0
        ? []
        : ['sync.finished: with conflicts or held files'];
    case 'healing.detected':
      return [`an incident about ${body.data.subject} that was none: ${body.data.detail}`];
    case 'healing.acted':
      return [`${body.data.action} of ${body.data.target}, where nothing was wrong`];
    default:
      return [`${event.type}, where nothing was wrong`];
  }
}

// The healing log: the source document's records (`timestamp`, `action`, `level`, `status`), one for each step of an act.
import type { Config } from '../../config/types.js';
import { knownBodyOf, type JournalEvent } from '../../domain/journal.js';
import { healingEvents, INCIDENT_SPAN } from './past.js';

export interface HealingRecord {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly action: string;
  readonly level: number;
  readonly status: 'started' | 'completed' | 'failed' | 'unknown' | 'verified' | 'no_effect';
  readonly target: string;
  readonly detail: string;
  readonly duration_ms: number;
  readonly incident: string;
  readonly request: string;
  /** Id of the incident's workflow; null: it began before the journal that is left. */
  readonly workflow: string | null;
}

/** Records at or after `since` (ms), oldest first. */
export async function readHealingLog(
  config: Pick<Config, 'stateDir'>,
  since: number,
): Promise<readonly HealingRecord[]> {
  const events = await healingEvents(config, since - INCIDENT_SPAN);
  return healingLog(events).filter(({ timestamp }) => Date.parse(timestamp) >= since);
}

function healingLog(events: readonly JournalEvent[]): readonly HealingRecord[] {
  const workflows = new Map<string, string>();
  const acts = new Map<string, Pick<HealingRecord, 'action' | 'level' | 'target'>>();
  return events.flatMap((event): readonly HealingRecord[] => {
    const body = knownBodyOf(event);
    if (body?.type === 'healing.detected') workflows.set(body.data.incident, body.data.workflow);
    if (body?.type === 'healing.acted') {
      const { action, level, target, status, detail, duration_ms, incident, request } = body.data;
      acts.set(request, { action, level, target });
      return [record({ action, level, target }, { status, detail, duration_ms, incident, request })];
    }
    if (body?.type !== 'healing.verified') return [];
    const { healed, detail, duration_ms, incident, request } = body.data;
    const act = acts.get(request);
    const status = healed ? ('verified' as const) : ('no_effect' as const);
    return act === undefined ? [] : [record(act, { status, detail, duration_ms, incident, request })];

    function record(
      about: Pick<HealingRecord, 'action' | 'level' | 'target'>,
      rest: Pick<HealingRecord, 'status' | 'detail' | 'duration_ms' | 'incident' | 'request'>,
    ): HealingRecord {
      return { timestamp: event.at, ...about, ...rest, workflow: workflows.get(rest.incident) ?? null };
    }
  });
}

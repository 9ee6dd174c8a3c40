// What the agent that lives here may want to know: acts that it can feel, such as a restart of what it talks to.
import type { Config } from '../../config/types.js';
import { readHealingLog, type HealingRecord } from './log.js';

const DAY = 24 * 3_600_000;

export interface AgentNotice extends Pick<
  HealingRecord,
  'timestamp' | 'action' | 'level' | 'status' | 'target' | 'detail' | 'incident'
> {
  readonly id: string;
}

/** Acts of the last day from level 2 on, oldest first; `now` in ms. */
export async function agentNotices(
  config: Pick<Config, 'stateDir'>,
  now: number,
): Promise<readonly AgentNotice[]> {
  const records = await readHealingLog(config, now - DAY);
  return records
    .filter(({ level, status }) => level >= 2 && status !== 'started')
    .map(({ timestamp, action, level, status, target, detail, incident, request }) => ({
      id: `${request}/${status}`,
      ...{ timestamp, action, level, status, target, detail, incident },
    }));
}

// One node with a service that only a harsh step can bring back, and two people who may allow it.
import type { Kit, Plane } from '../scenario.js';
import { openService, type Service } from '../stand-ins/open-service.js';
import { standIn } from '../stand-ins/paths.js';
import { countedCommand, type Counted } from './command.js';
import { atRest, LIMITS, probed } from './setting.js';
import { ofSubject } from './story.js';

export interface ApprovalSetting {
  readonly kit: Kit;
  readonly plane: Plane;
  readonly till: Service;
  /** Level 5: starts the service. */
  readonly harsh: Counted;
}

/** ms that a question stays open: the shortest that healing.yaml takes. */
export const EXPIRES = 60_000;

export const SUBJECT = ofSubject('service:till');

export async function openApproval(kit: Kit): Promise<ApprovalSetting> {
  const till = await openService(kit, { name: 'till' });
  const port = new URL(till.url).port;
  const harsh = await countedCommand(kit, 'start-till', [
    `"${process.execPath}" "${standIn('service')}" ${port} </dev/null >/dev/null 2>&1 &`,
  ]);
  await till.start();
  const healing = {
    interval: '5s',
    // Without `restart` the next level that fits is the harsh one.
    services: [probed('till', till)],
    levels: { 5: { permission: 'approve', run: [...harsh.argv] } },
    approvals: { approvers: ['ann', 'ben'], expires_after: `${EXPIRES}ms` },
    limits: LIMITS,
  };
  const plane = await kit.plane({
    node: 'gate',
    config: { 'healing.yaml': { healing } },
    files: { 'MEMORY.md': '# Memory\n' },
  });
  return { kit, plane, till, harsh };
}

/** Nothing is wrong: the service answers and no incident is open. */
export async function steadyApproval({ plane, till }: ApprovalSetting): Promise<string | null> {
  if ((await till.pid()) === null) return 'the service does not answer';
  return atRest(plane);
}

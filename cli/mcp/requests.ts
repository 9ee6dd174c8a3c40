// Tools that ask for work. They start what the schedules start too, and give back where to look; they wait for nothing.
import * as z from 'zod';
import type { Start } from '../../workers/start-workflow.js';
import type { Context } from '../definition.js';
import { openBrake } from './brake.js';
import type { GameDay } from './game-day.js';
import type { Answer, Tool } from './tool.js';

const MINUTE = 60_000;
const NONE = z.strictObject({});

/** The tools of one server; brakes and the game-day belong to it. */
export function requestTools(gameDay: GameDay): readonly Tool[] {
  const backups = openBrake('A backup', MINUTE);
  const restores = openBrake('A restore drill', 10 * MINUTE);
  const days = openBrake('A drill', 15 * MINUTE);
  return [
    {
      name: 'request_backup',
      title: 'Ask for a backup',
      description:
        'Starts a backup and its proof now and returns at once; backup_status tells how it ended. One that would hold far fewer files than the last is held for a person.',
      input: NONE,
      reads: false,
      run: (_given, context) =>
        backups.pass(Date.now(), () =>
          begun(context, ({ node, dataDir }) => ({
            kind: 'backup',
            type: 'backupAndVerify',
            input: { node, trigger: 'agent', confirm: null },
            summary: `backup of ${dataDir}, asked for by the agent`,
          })),
        ),
    },
    {
      name: 'request_restore_drill',
      title: 'Ask for a restore drill',
      description:
        'Brings all of the newest backup back into a scratch directory, hashes every file and removes it again; nothing of yours is touched. Returns at once; backup_status tells how it ended.',
      input: NONE,
      reads: false,
      run: (_given, context) =>
        restores.pass(Date.now(), () =>
          begun(context, ({ node }) => ({
            kind: 'restore-drill',
            type: 'restoreDrill',
            input: { node, destination: null },
            summary: 'restore drill of every destination, asked for by the agent',
          })),
        ),
    },
    {
      name: 'request_drill',
      title: 'Ask for a game-day',
      description:
        'Real faults on stand-ins in a scratch directory, some minutes long; nothing of yours is touched, but this machine has work. Returns at once; drill_report tells how it stands.',
      input: z.strictObject({
        only: z
          .string()
          .regex(/^[\w,./-]{1,200}$/)
          .optional()
          .describe('Scenarios or groups, separated by commas; left out: all.'),
      }),
      reads: false,
      run: ({ only }, context) =>
        days.pass(Date.now(), async () => ({
          exit: 0,
          result: await gameDay.begin(context, typeof only === 'string' ? only : null),
        })),
    },
    {
      name: 'drill_report',
      title: 'Report of the game-day',
      description:
        'How the last game-day that was asked for here went: a verdict per scenario, and the KPIs.',
      input: NONE,
      reads: true,
      run: (_given, context) => gameDay.report(context),
    },
  ];
}

async function begun(
  context: Context,
  make: (node: { readonly node: string; readonly dataDir: string }) => Omit<Start, 'node' | 'by'>,
): Promise<Answer> {
  const { loadFor, reachTemporal } = await import('../setup.js');
  const { startWorkflow } = await import('../../workers/start-workflow.js');
  const { uiLink } = await import('../../workers/ui-link.js');
  const config = await loadFor(context);
  const reached = await reachTemporal(config);
  try {
    const handle = await startWorkflow(reached.client, { ...make(config), node: config.node, by: 'agent' });
    const run = (handle as { firstExecutionRunId?: string }).firstExecutionRunId ?? '';
    const link = uiLink(reached, handle.workflowId, run);
    return { exit: 0, result: { started: true, workflow: handle.workflowId, link } };
  } finally {
    await reached.close();
  }
}

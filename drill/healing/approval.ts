// A person is asked. Yes is done once, no and silence are not done at all, and a yes that comes too late is none.
import { findingOf } from '../finding.js';
import type { Finding, Scenario } from '../scenario.js';
import { lookFor, stays } from './look.js';
import { signal } from './signal.js';
import { EXPIRES, SUBJECT, steadyApproval, type ApprovalSetting } from './approval-setting.js';
import { comes, eventIn, storyOf, timesOf } from './story.js';

const WITHIN = 20_000;
/** ms in which what nobody allowed would have run. */
const NOTHING_FOR = 2_000;

export const given: Scenario<ApprovalSetting> = {
  name: 'approval-given',
  hypothesis: `When a harsh step needs a yes, nothing runs before it; within ${WITHIN / 1000} s of the yes it has run exactly once and the service answers.`,
  steady: steadyApproval,
  play: (setting) =>
    withQuestion(setting, async ({ id, fault }, { plane, till, harsh }, runs) => {
      const said = await plane.nxs('approve', id, '--by', 'ann', '--reason', 'go on');
      const pid = await lookFor(WITHIN, () => till.pid());
      const verified = pid === null ? null : Date.now();
      const ended = await comes(plane, SUBJECT, fault, pid === null ? 0 : WITHIN, ['healing.finished']);
      const once = await stays(NOTHING_FOR, async () => (await harsh.runs()) <= runs + 1);
      return {
        verified,
        broken: [
          said.code !== 0 && `the approval ended with exit code ${said.code}`,
          pid === null && `the service does not answer, ${WITHIN / 1000} s after the yes`,
          pid !== null && ended?.data['outcome'] !== 'healed' && 'its incident did not end as healed',
          (await harsh.runs()) - runs !== 1 && `the step ran ${(await harsh.runs()) - runs} times`,
          !once && 'the step ran again',
        ],
        seen: `nothing ran before the yes; after it the step ran once and process ${String(pid)} answers, asked by us`,
      };
    }),
};

export const denied: Scenario<ApprovalSetting> = {
  name: 'approval-denied',
  hypothesis: 'When a harsh step is denied, it does not run, and the record says by whom.',
  steady: steadyApproval,
  play: (setting) =>
    withQuestion(setting, async ({ id, fault }, { plane, till, harsh }, runs) => {
      const said = await plane.nxs('deny', id, '--by', 'ben', '--reason', 'not now');
      const quiet = await stays(
        NOTHING_FOR,
        async () => (await harsh.runs()) === runs && (await till.pid()) === null,
      );
      const answer = eventIn(
        await storyOf(plane, SUBJECT, fault),
        'healing.answered',
        ({ verdict, accepted }) => verdict === 'deny' && accepted === true,
      );
      const after = await plane.nxs('approve', id, '--by', 'ann', '--reason', 'all the same');
      const still = await stays(NOTHING_FOR, async () => (await harsh.runs()) === runs);
      return {
        verified: null,
        broken: [
          said.code !== 0 && `the denial ended with exit code ${said.code}`,
          !quiet && 'the step ran, or something else brought the service back',
          answer?.data['by'] !== 'ben' && 'the record does not say who denied it',
          after.code !== 1 && `a yes after the no ended with exit code ${after.code}`,
          !still && 'the step ran by a yes that came after the no',
        ],
        seen: 'the step did not run, not by a later yes either; the record says that ben denied it',
      };
    }),
};

export const late: Scenario<ApprovalSetting> = {
  name: 'approval-late',
  hypothesis: `When nobody answers for ${EXPIRES / 1000} s, the question is over; a yes after that is refused, by command and by plain signal, and nothing runs.`,
  steady: steadyApproval,
  play: (setting) =>
    withQuestion(setting, async ({ id, fault, request }, { plane, harsh }, runs) => {
      const over = await comes(plane, SUBJECT, fault, EXPIRES + WITHIN, [
        'healing.answered',
        ({ verdict }) => verdict === 'expired',
      ]);
      const said = await plane.nxs('approve', id, '--by', 'ann', '--reason', 'too late');
      await signal(plane, id, 'approve', { by: 'ann', reason: 'too late', request });
      const quiet = await stays(NOTHING_FOR, async () => (await harsh.runs()) === runs);
      const refused = eventIn(
        await storyOf(plane, SUBJECT, fault),
        'healing.answered',
        ({ verdict, accepted }) => verdict === 'approve' && accepted === false,
      );
      return {
        verified: null,
        broken: [
          over === null && 'the question did not end',
          said.code !== 1 && `the late yes ended with exit code ${said.code}`,
          refused === null && 'the late signal is not on record as refused',
          !quiet && 'the step ran by a late yes',
        ],
        seen: 'nothing ran: the question expired, the command and the signal that came later were refused and are on record',
      };
    }),
};

interface Question {
  readonly id: string;
  readonly request: string;
  readonly fault: number;
}

interface Answered {
  readonly verified: number | null;
  readonly broken: readonly (string | null | false)[];
  readonly seen: string;
}

/** Kills the service, waits for the question, lets `answer` act on it, and mends what is left. */
async function withQuestion(
  setting: ApprovalSetting,
  answer: (question: Question, setting: ApprovalSetting, runs: number) => Promise<Answered>,
): Promise<Finding> {
  const { plane, till, harsh } = setting;
  const runs = await harsh.runs();
  await till.kill();
  const fault = Date.now();
  const refusal = await till.refusal();
  const asked = await comes(plane, SUBJECT, fault, WITHIN, ['healing.asked']);
  const id = String(asked?.data['incident']);
  const quiet = await stays(
    asked === null ? 0 : NOTHING_FOR,
    async () => (await harsh.runs()) === runs && (await till.pid()) === null,
  );
  const question = { id, fault, request: String(asked?.data['request']) };
  const answered =
    asked === null
      ? { verified: null, broken: [`nobody was asked within ${WITHIN / 1000} s`], seen: '' }
      : await answer(question, setting, runs);
  const story = await storyOf(plane, SUBJECT, fault);
  // That its incident is over is waited for by the next one.
  await till.start();
  return findingOf({
    proof: refusal === null ? null : `asked by us, ${till.url} answers: ${refusal}`,
    broken: [!quiet && 'something ran before anybody had answered', ...answered.broken],
    seen: answered.seen,
    times: timesOf(story, fault, answered.verified),
    incidents: story.id === null ? [] : [story.id],
  });
}

// A process is killed; the product has to bring it back by itself.
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { lookFor, stays } from './look.js';
import { mend, steady, type HealingSetting } from './setting.js';
import { actsIn, comes, eventIn, ofSubject, storyOf, timesOf } from './story.js';

const WITHIN = 20_000;
const SUBJECT = ofSubject('service:web');

export const serviceKilled: Scenario<HealingSetting> = {
  name: 'service-killed',
  hypothesis: `When a service is killed (kill -9), it answers again within ${WITHIN / 1000} s, restarted once and by nobody's hand, and its incident is healed.`,
  steady,
  async play({ plane, web }) {
    const [before, runs] = [await web.pid(), await web.restarts()];
    await web.kill();
    const fault = Date.now();
    const refusal = await web.refusal();
    const now = await lookFor(WITHIN, () => web.pid());
    const verified = now === null ? null : Date.now();
    const within = now === null ? 0 : WITHIN;
    const finished = await comes(plane, SUBJECT, fault, within, ['healing.finished']);
    const calm = await stays(1_000, async () => (await web.pid()) === now);
    const story = await storyOf(plane, SUBJECT, fault);
    const count = (await web.restarts()) - runs;
    const claim = eventIn(story, 'healing.verified', ({ healed }) => healed === true);
    if (now === null) await mend(plane, web);
    return findingOf({
      proof:
        refusal === null
          ? null
          : `asked by us, ${web.url} (process ${String(before)} before) answers: ${refusal}`,
      broken: [
        story.id === null && 'nobody noticed',
        now === null && `the service does not answer, ${WITHIN / 1000} s later`,
        now === null && claim !== null && 'it was called healed all the same',
        now !== null && finished?.data['outcome'] !== 'healed' && 'its incident did not end as healed',
        now !== null && count !== 1 && `the restart command ran ${count} times`,
        now !== null && actsIn(story).length !== 1 && `${actsIn(story).length} acts are on record`,
        now !== null && !calm && 'it did not stay up',
      ],
      seen: `process ${String(now)} answers in place of ${String(before)}, asked by us; the restart ran once`,
      times: timesOf(story, fault, verified),
      incidents: story.id === null ? [] : [story.id],
    });
  },
};

// The remedy itself fails. The next level that fits is harsh, so a person is asked, and nothing is tried again and again.
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { stays } from './look.js';
import { mend, steady, type HealingSetting } from './setting.js';
import { actsIn, comes, eventIn, ofSubject, storyOf, timesOf } from './story.js';

const WITHIN = 20_000;
/** ms in which a second try would have come: many looks. */
const NOTHING_FOR = 4_000;
const SUBJECT = ofSubject('service:shop');

export const restartFails: Scenario<HealingSetting> = {
  name: 'restart-fails',
  hypothesis: `When the restart of a dead service fails, a person is asked about the next level within ${WITHIN / 1000} s; the restart is not repeated, and nothing harsher runs unasked.`,
  steady,
  async play({ plane, shop, failing, harsh }) {
    const [runs, harshRuns] = [await failing.runs(), await harsh.runs()];
    await shop.kill();
    const fault = Date.now();
    const refusal = await shop.refusal();
    const asked = await comes(plane, SUBJECT, fault, WITHIN, ['healing.asked']);
    const idle = await stays(
      asked === null ? 0 : NOTHING_FOR,
      async () => (await harsh.runs()) === harshRuns,
    );
    const story = await storyOf(plane, SUBJECT, fault);
    const failed = actsIn(story).filter(({ data }) => data['status'] === 'failed');
    const count = (await failing.runs()) - runs;
    const isDown = (await shop.pid()) === null;
    const claim = eventIn(story, 'healing.finished', ({ outcome }) => outcome === 'healed');
    await mend(plane, shop);
    const ended = await comes(plane, SUBJECT, fault, 0, ['healing.finished']);
    const verified = (await shop.pid()) === null ? null : Date.now();
    return findingOf({
      proof: refusal === null || !isDown ? null : `asked by us, ${shop.url} answers: ${refusal}`,
      broken: [
        story.id === null && 'nobody noticed',
        count !== 1 && `the restart command ran ${count} times`,
        failed.length !== 1 && 'that the restart failed is not on record',
        asked === null && `nobody was asked within ${WITHIN / 1000} s`,
        asked !== null &&
          asked.data['level'] !== 5 &&
          `the question is about level ${String(asked.data['level'])}`,
        !idle && 'the harsh step ran before anybody had answered',
        claim !== null && 'it was called healed while the service was down',
        ended?.data['outcome'] !== 'cleared' &&
          'its incident did not end when the service was mended by hand',
      ],
      seen: 'the restart ran once and is on record as failed, a person was asked about level 5, and nothing else ran; mended by hand, it cleared',
      times: timesOf(story, fault, verified),
      incidents: story.id === null ? [] : [story.id],
    });
  },
};

// A stream that is cut: silently replaced as long as the client has seen nothing, an honest error once it has.
import { ask } from '../client.js';
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { providerIncidents, steadyFailover, type FailoverSetting } from './setting.js';
import { clientFailovers, failoverTimes, tooSlow } from './watch.js';

export const streamCut: Scenario<FailoverSetting> = {
  name: 'stream-cut',
  hypothesis:
    'When the first provider cuts its answers, a client that has seen nothing gets a whole answer of the next one, and one that has seen the beginning gets an error event and never a made-up end.',
  steady: steadyFailover,
  async play({ plane, primary, backup }) {
    await primary.fault('cut-before-content');
    const fault = Date.now();
    const early = await primary.ask({ stream: true });
    const before = await ask(plane.http, { stream: true });
    await primary.fault('cut-after-content');
    const late = await primary.ask({ stream: true });
    const after = await ask(plane.http, { stream: true });
    const whole = await ask(plane.http, { stream: false });
    const cut = !early.ok && early.text === '' && !late.ok && late.text !== '';
    const seen = [before, whole];
    return findingOf({
      proof: cut
        ? `asked by us, ${primary.url} ended a stream with nothing in it (${String(early.error)}) and one after "${late.text}" (${String(late.error)})`
        : null,
      broken: [
        !before.ok && `a stream cut before its first content failed: ${String(before.error)}`,
        before.ok &&
          before.provider !== backup.name &&
          `${String(before.provider)} answered a stream that it cut`,
        after.ok && 'a stream that was cut after its beginning was sold as whole',
        !after.ok &&
          after.error !== 'stream_interrupted' &&
          `a stream cut after its beginning ended with "${String(after.error)}" instead of the error event`,
        !whole.ok && `a client that does not stream failed: ${String(whole.error)}`,
        tooSlow([before, after, whole]),
      ],
      seen: `cut before the first content: a whole answer of ${backup.name}; after "${after.text}": the error event ${String(after.error)}; not streamed: a whole answer of ${String(whole.provider)}`,
      times: await failoverTimes(plane, primary, fault, seen),
      incidents: await providerIncidents(plane, fault),
      failovers: clientFailovers([before], primary),
    });
  },
};

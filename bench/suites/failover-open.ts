// A provider whose breaker is open must cost nothing: the same load with it in the configuration, and without it.
import type { Loader } from '../measure/http-load.js';
import { row, type Row } from '../measure/row.js';
import { series } from '../measure/series.js';
import type { LlmPeer } from '../subjects/llm-subject.js';
import { chatTarget } from '../subjects/llm-target.js';
import { startUpstream } from '../subjects/llm-upstream.js';
import type { SuiteOptions } from './suite.js';

const LOAD_MS = 2000;
/** More than the failures that open a breaker. */
const OPENING = 10;

export async function benchOpen(
  ours: LlmPeer,
  loader: Loader,
  options: SuiteOptions,
): Promise<readonly Row[]> {
  const into = series();
  const dead = await startUpstream('model');
  const well = await startUpstream('model');
  await dead.mode('500');
  const [without, beside] = [await ours.start([`${well.url}/v1`]), await ours.start([dead, well].map(v1))];
  try {
    for (const { server } of [without, beside]) {
      await loader.run(chatTarget({ server, headers: {}, model: 'auto' }, false), 2, LOAD_MS);
    }
    for (let round = 1; round <= options.rounds; round += 1) {
      into.add('without', (await loader.run(chatTarget(without, false), 1, LOAD_MS)).p50);
      // The load of the last round may have met the trial of a breaker whose time had come: it is open again now.
      for (let count = 0; count < OPENING; count += 1) await once(chatTarget(beside, false));
      const before = await dead.posts();
      const { p50, requests } = await loader.run(chatTarget(beside, false), 1, LOAD_MS);
      into.add('beside', p50);
      into.add('hits', (await dead.posts()) - before);
      into.add('requests', requests);
    }
    options.say('open provider: done');
  } finally {
    for (const server of [without.server, beside.server, dead, well]) await server.stop();
  }
  const requests = into.of('requests').reduce((sum, each) => sum + each, 0);
  return [
    row({
      what: 'p50 beside an open provider',
      unit: 'ms each',
      ours: into.of('beside'),
      peer: into.of('without'),
      bar: { of: 'ratio', most: 1.1 },
      note: 'peer: ours, with the dead provider left out of the configuration',
    }),
    row({
      what: 'hits on the open provider',
      unit: 'hits',
      ours: into.of('hits'),
      bar: { of: 'ours', most: 0 },
      note: `${requests} requests; a trial when its time has come is a hit too`,
    }),
  ];
}

async function once({ url, headers, body }: ReturnType<typeof chatTarget>): Promise<void> {
  const all = { 'content-type': 'application/json', ...headers };
  await (await fetch(url, { method: 'POST', headers: all, body })).arrayBuffer();
}

function v1({ url }: { readonly url: string }): string {
  return `${url}/v1`;
}

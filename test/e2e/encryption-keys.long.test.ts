// The life of a key on one state directory: on, another one without the first (as if it was lost), both, and what is said at each step.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { fill, makePlace } from '../support/e2e-place.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const [OLD, NEW] = [key('old'), key('new')];

interface Seen {
  readonly older: { readonly count: number; readonly running: readonly string[] } | null;
}

async function statusOf(plane: Plane): Promise<unknown> {
  return (await plane.nxs('encryption', 'status', '--json')).json();
}

it('a missing key stops nothing for good; a new one begins the loops anew, and the old one is counted', async () => {
  const place = await makePlace();
  await fill(place.dataDir, { 'MEMORY.md': '# Memory' });
  let plane = await startPlane({ place, encryption: { keys: [OLD] } });
  try {
    await plane.ready();
    await until(() => plane.output().includes('backup of 1 file'), 60_000);
    const before = await plane.client((client) => client.workflow.getHandle('nxs/home/healing').describe());
    await plane.stop();

    plane = await startPlane({ place, encryption: { keys: [NEW] } });
    const { body } = await until(async () => {
      const said = await plane.get('/readyz');
      return said.status === 503 && !(said.body['checks'] as { payloads: boolean }).payloads ? said : null;
    }, 60_000);
    expect(body['detail']).toContain('"old", which is not among temporal.encryption.keys (new)');
    await plane.stop();

    plane = await startPlane({ place, encryption: { keys: [NEW, OLD] } });
    await plane.ready();
    expect((await plane.nxs('backup', 'run')).code).toBe(0);
    const anew = await until(async () => {
      const found = await plane.client((client) => client.workflow.getHandle('nxs/home/healing').describe());
      return found.runId === before.runId ? null : found;
    }, 60_000);
    expect(anew.status.name).toBe('RUNNING');
    const seen = await until(async () => {
      const view = (await statusOf(plane)) as Seen;
      return view.older !== null && view.older.running.length === 0 ? view : null;
    }, 60_000);
    expect(seen).toMatchObject({ encrypts: 'new', reads: ['old'], droppable: false, unknown: null });
    expect(seen.older?.count).toBeGreaterThan(0);
  } finally {
    await plane.dispose();
  }
}, 300_000);

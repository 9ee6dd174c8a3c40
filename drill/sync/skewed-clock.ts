// A third node whose clock is days ahead. The machine's own clock is left alone: the node's processes are given a shifted one.
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findingOf } from '../finding.js';
import { inconclusive, lookFor } from '../healing/look.js';
import type { Finding, Plane, Scenario } from '../scenario.js';
import {
  cutOff,
  letBack,
  missingIn,
  openNode,
  reaches,
  read,
  steady,
  write,
  WITHIN,
  type SyncSetting,
} from './setting.js';

const DAYS = 3;
const AHEAD = DAYS * 86_400_000;
const FILE = 'notes/clock.md';

/** Loaded before the node's own code. */
const SHIFT = `const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...args) {
    if (args.length === 0) super(Real.now() + ${String(AHEAD)});
    else super(...args);
  }
  static now() {
    return Real.now() + ${String(AHEAD)};
  }
};
`;

export const skewedClock: Scenario<SyncSetting> = {
  name: 'sync-skewed-clock',
  hypothesis:
    'When the clock of one node is three days ahead, the others tell it, what they write later reaches everybody within 30 s, and nothing that anybody wrote is lost.',
  steady,
  async play(setting) {
    const { kit, hub, home } = setting;
    const shift = join(kit.dir, 'shift-clock.mjs');
    await writeFile(shift, SHIFT);
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(shift).href}` };
    const edge = await openNode(kit, hub, 'edge', { temporal: await home.temporal(), env });
    try {
      return { ...(await withEdge(setting, edge)), injected: true };
    } finally {
      await edge.stop();
    }
  },
};

async function withEdge(setting: SyncSetting, edge: Plane): Promise<Finding> {
  const { home, cloud, hub, kit } = setting;
  const started = (await edge.journal(['control-plane.started']))[0];
  const ahead = started === undefined ? 0 : Date.parse(started.at) - Date.now();
  if (ahead < AHEAD / 2) return inconclusive('the clock of the node is not ahead');
  const tag = String(kit.random());
  await write(home, FILE, `before ${tag}\n`);
  if ((await reaches(edge, FILE, `before ${tag}\n`)) === null) return inconclusive('the node did not join');
  const fromFuture = `from the future ${tag}\n`;
  await writeAhead(edge, fromFuture);
  const fault = Date.now();
  const arrived = await reaches(home, FILE, fromFuture);
  const named = await lookFor(WITHIN, async () => ((await aheadBy(home, edge.node)) ?? 0) > AHEAD / 2);
  const detected = named === null ? null : Date.now();
  // Not at the same time: later, by any honest clock, and so it has to win.
  const later = `later, at home ${tag}\n`;
  await write(home, FILE, later);
  const everywhere = await Promise.all([edge, cloud].map((plane) => reaches(plane, FILE, later)));
  const verified = everywhere.includes(null) ? null : Date.now();
  const texts = await together(setting, edge, tag);
  const lost = await missingIn(hub, [fromFuture, later, ...texts.written]);
  return findingOf({
    seen: 'told by the others, a later change won everywhere, and every version lies in the hub, read by git',
    proof: `an event of the node is ${(ahead / 86_400_000).toFixed(1)} days ahead of our clock`,
    times: { fault, detected, decided: detected, acted: verified, verified },
    broken: [
      arrived === null && 'what the node wrote did not reach the others',
      named === null && 'the status of the others does not show that the node is ahead',
      everywhere.includes(null) && 'a later change of another node did not win over the one from the future',
      !texts.same && 'the nodes did not come to the same version after both had changed it',
      lost.length > 0 && `${String(lost.length)} versions are nowhere in the hub, read by git`,
    ],
  });
}

/** Both change it apart; whoever wins, the nodes agree and the other one is kept. */
async function together(
  setting: SyncSetting,
  edge: Plane,
  tag: string,
): Promise<{ readonly written: readonly string[]; readonly same: boolean }> {
  const { home } = setting;
  const written = [`apart, on the edge ${tag}\n`, `apart, at home ${tag}\n`];
  await cutOff(setting, edge);
  await writeAhead(edge, written[0] ?? '');
  await edge.nxs('sync', 'run');
  await write(home, FILE, written[1] ?? '');
  await home.nxs('sync', 'run');
  await letBack(setting, edge);
  for (const plane of [edge, home]) await plane.nxs('sync', 'run');
  const same = await lookFor(WITHIN, async () => {
    const [one, two] = await Promise.all([read(edge, FILE), read(home, FILE)]);
    return one === two && written.includes(one ?? '');
  });
  return { written, same: same !== null };
}

/** As a machine with that clock writes it. */
async function writeAhead(edge: Plane, text: string): Promise<void> {
  await write(edge, FILE, text);
  const at = new Date(Date.now() + AHEAD);
  await utimes(join(edge.dataDir, FILE), at, at);
}

/** How far ahead the last change of a node is by the status of another one, ms; null: it does not know that node. */
async function aheadBy(plane: Plane, node: string): Promise<number | null> {
  const { body } = await plane.get('/api/status');
  const { sync } = body as { readonly sync: { readonly nodes?: readonly NodeSeen[] } | null };
  const seen = sync?.nodes?.find((each) => each.node === node);
  return seen === undefined ? null : Date.parse(seen.changed) - Date.now();
}

interface NodeSeen {
  readonly node: string;
  /** ISO 8601. */
  readonly changed: string;
}

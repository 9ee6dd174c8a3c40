// A whole directory is emptied on one node: an unmounted disk, a mistyped command. It is a question and not an order.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIn } from '../backup/plain-git.js';
import { findingOf } from '../finding.js';
import { inconclusive, lookFor, stays } from '../healing/look.js';
import type { Plane, Scenario } from '../scenario.js';
import { cycleAfter, reaches, read, steady, write, WITHIN, type SyncSetting } from './setting.js';

/** ms in which a deletion would have spread: many polls of the other node. */
const TIME_TO_SPREAD = 5_000;

interface Status {
  readonly pending: readonly { readonly token: string; readonly kind: string; readonly count: number }[];
}

export const deleteGuard: Scenario<SyncSetting> = {
  name: 'sync-delete-guard',
  hypothesis:
    'When all files of a directory vanish on one node, the deletion is held and spreads neither to the hub nor to other nodes; denied, all of them are back within 30 s.',
  steady,
  async play({ home, cloud, hub, kit }) {
    const files = Array.from({ length: 12 }, (_, index) => {
      const path = `notes/many/${String(index)}.md`;
      return [path, `file ${String(index)} ${String(kit.random())}\n`] as const;
    });
    for (const [path, text] of files) await write(home, path, text);
    const arrived = await Promise.all(files.map(([path, text]) => reaches(cloud, path, text)));
    if (arrived.includes(null)) return inconclusive('the files did not reach both nodes');
    await rm(join(cloud.dataDir, 'notes/many'), { recursive: true });
    const fault = Date.now();
    const left = await readdir(join(cloud.dataDir, 'notes/many')).catch(() => []);
    if (left.length > 0) return inconclusive('the files are still there');
    const all = async (plane: Plane) =>
      (await Promise.all(files.map(async ([path, text]) => (await read(plane, path)) === text))).every(
        Boolean,
      );
    const held = await cycleAfter(cloud, fault, ({ state }) => state === 'approval_pending');
    const { json } = await cloud.nxs('sync', 'run');
    const question = (json as Status | null)?.pending.find(({ kind }) => kind === 'mass_delete');
    const isKept = await stays(TIME_TO_SPREAD, () => all(home));
    const stored = await Promise.all(files.map(([path]) => fileIn(hub, path)));
    const answer = question === undefined ? null : await cloud.nxs('sync', 'deny', question.token);
    await cloud.nxs('sync', 'run');
    const back = await lookFor(question === undefined ? 0 : WITHIN, () => all(cloud));
    const verified = back === null ? null : Date.now();
    const answered = (await cloud.journal(['sync.answered'])).find(({ at }) => Date.parse(at) >= fault);
    return findingOf({
      seen: `held, nowhere else deleted in ${String(TIME_TO_SPREAD / 1000)} s, and after the denial all ${String(files.length)} files are back`,
      proof: `the directory of ${String(files.length)} files is not on the disk of the node any more`,
      times: {
        ...{ fault, detected: held, decided: held },
        ...{ acted: answered === undefined ? null : Date.parse(answered.at), verified },
      },
      broken: [
        (held === null || question === undefined) && 'nobody was asked about the deletion',
        question !== undefined &&
          question.count !== files.length &&
          `the question names ${String(question.count)} files`,
        !isKept && 'files are gone on the other node',
        !stored.every((bytes) => bytes !== null) && 'files are gone in the hub',
        answer !== null && answer.code !== 0 && `the denial ended with exit code ${String(answer.code)}`,
        back === null && 'the files did not come back after the denial',
      ],
    });
  },
};

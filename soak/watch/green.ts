// Follows what the backups of a node say, and reads each green one back by other means.
import type { JournalEvent } from '../../domain/journal.js';
import { greenProblems, verificationProblems, type Damage, type Verification } from '../checks/backup.js';
import { eventsSince } from '../faults/fault.js';
import { againstManifest, gitFiles, githubFiles } from '../look/stored.js';
import { GITHUB_REPO, type SoakNode } from '../world/node.js';
import type { Scene } from './scene.js';
import { setTimeout as sleep } from 'node:timers/promises';

export interface GreenWatch {
  /** Judges what is new since the last time. */
  look(): Promise<void>;
  readonly counts: { runs: number; green: number; verifications: number };
}

interface Ended {
  readonly began: number;
  readonly ended: number;
  readonly event: JournalEvent;
}

/** A read that meets the tidying of a repository is tried again. */
const TRIES = 3;

export function watchGreen(scene: Scene, node: SoakNode): GreenWatch {
  const counts = { runs: 0, green: 0, verifications: 0 };
  const known = new Set<string>();
  const judged = new Set<Damage>();
  const runs: Ended[] = [];
  const verifications: Verification[] = [];

  async function judgeGreen({ event, began }: Ended): Promise<void> {
    const named = event.data['destinations'] as readonly { name: string; commit?: string | null }[];
    for (const { name, commit } of named) {
      const about = { run: String(event.data['run']), node: node.name, destination: name, began };
      const verified = Math.max(0, ...verifications.map((each) => each.began));
      for (let tries = 1; ; tries += 1) {
        const files = await storedFiles(name, commit ?? null);
        const problems = greenProblems({ ...about, files }, scene.damages, verified);
        if (problems.length > 0 && tries < TRIES) await sleep(1_500);
        else {
          scene.court.check('green', problems);
          break;
        }
      }
    }
  }

  async function storedFiles(name: string, commit: string | null) {
    const { github } = scene.world;
    const files =
      name === 'github'
        ? await githubFiles(github, GITHUB_REPO, commit ?? (await github.head(GITHUB_REPO)))
        : await gitFiles(node.local, commit ?? 'main');
    return againstManifest(files);
  }

  /** When the copy was right again, as far as we know. */
  function mendedAt(damage: Damage): number | null {
    const seen = scene
      .struck()
      .filter(({ began, note }) => Math.abs(began - damage.at) < 5_000 && note.includes(damage.path))
      .flatMap(({ recovered }) => (recovered === null ? [] : [recovered - 2_000]));
    const later = runs.filter(({ began }) => began > damage.at).map(({ ended }) => ended);
    const all = [...seen, ...later];
    return all.length === 0 ? null : Math.min(...all);
  }

  return {
    counts,
    async look() {
      const events = await eventsSince(node, ['backup.finished', 'backup.verified'], scene.began - 60_000);
      for (const event of events) {
        if (known.has(event.id)) continue;
        known.add(event.id);
        const ended = Date.parse(event.at);
        const began = ended - Number(event.data['duration_ms']);
        const outcome = String(event.data['outcome']);
        if (event.type === 'backup.verified') {
          counts.verifications += 1;
          verifications.push({ node: node.name, began, ended, outcome });
          continue;
        }
        const run = { began, ended, event };
        runs.push(run);
        counts.runs += 1;
        if (outcome !== 'green') continue;
        counts.green += 1;
        await judgeGreen(run);
      }
      // A little later, when what mended it is known.
      for (const damage of scene.damages) {
        if (damage.node !== node.name || judged.has(damage)) continue;
        const first = verifications.find(({ began }) => began > damage.at + 1_500);
        if (first === undefined || Date.now() - first.ended < 15_000) continue;
        judged.add(damage);
        scene.court.check(
          'tamper',
          verificationProblems(damage, verifications, mendedAt(damage)),
          first.ended,
        );
      }
    },
  };
}

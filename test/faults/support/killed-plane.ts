// kill -9 of the worker or of Temporal under a running control plane. Nobody lends a hand afterwards: the same run has to
// end green by itself.
import type { Client } from '@temporalio/client';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RestoreResult } from '../../../domain/backup/results.js';
import { taskQueue, workflowId } from '../../../domain/ids.js';
import type { RunRecord } from '../../../domain/backup/record.js';
import { fsck, gitListing, holds } from '../../support/e2e-git.js';
import { digests, fill, filesIn } from '../../support/e2e-place.js';
import { seeded, type Random } from '../../support/e2e-random.js';
import { isAlive, startPlane, type Plane } from '../../support/temporal-e2e.js';
import { until } from '../../support/until.js';

/** More than this in a row are answered with long waits. */
const DEATHS = 4;

export type Victim = 'worker' | 'temporal';

export interface PlaneTally {
  /** ms from the start of the run to its end, the death in the middle included. */
  readonly took: number[];
  old: number;
  new: number;
  /** Restores with some files placed and some not at the moment of death. */
  half: number;
}

/** A control plane with a corpus of 200 files and 2 MB that is backed up. */
export class Patient {
  readonly tally: PlaneTally = { took: [], old: 0, new: 0, half: 0 };
  private plane: Plane;
  private readonly random: Random;
  private files = new Map<string, Buffer>();
  private count = 0;
  private deaths = 0;
  private whole = 1_500;

  private constructor(plane: Plane, seed: number) {
    this.plane = plane;
    this.random = seeded(seed);
  }

  static async admit(seed: number): Promise<Patient> {
    const plane = await startPlane();
    const patient = new Patient(plane, seed);
    for (let n = 0; n < 200; n += 1) patient.files.set(`memory/${n % 9}/${n}`, patient.random.bytes(3_000));
    for (let n = 0; n < 4; n += 1) patient.files.set(`large/${n}`, patient.random.bytes(400_000));
    await fill(plane.place.dataDir, patient.files);
    await plane.ready();
    await patient.settle();
    return patient;
  }

  dispose(): Promise<void> {
    return this.plane.dispose();
  }

  /** Edit, back up, kill; the same run ends green, and in between the tree is the old or the new one. */
  async backup(victim: Victim): Promise<void> {
    if (this.deaths >= DEATHS) await this.renew();
    const old = this.files;
    this.files = new Map(old);
    for (let n = 0; n < 60; n += 1)
      this.files.set(`memory/${n % 9}/${this.random.below(200)}`, this.random.bytes(3_000));
    this.files.set('large/0', this.random.bytes(400_000));
    await fill(this.plane.place.dataDir, this.files);
    const run = await this.start('backup', 'backupAndVerify', {
      node: 'home',
      trigger: 'person',
      confirm: null,
    });
    await this.strike(victim);
    const listing = gitListing(this.plane.place.store);
    const isOld = holds(listing, old);
    expect(isOld || holds(listing, this.files), 'neither the old nor the new tree').toBe(true);
    this.tally[isOld ? 'old' : 'new'] += 1;
    const record = (await this.end(run)) as RunRecord;
    expect(record.outcome, record.summary).toBe('green');
    expect(holds(gitListing(this.plane.place.store), this.files)).toBe(true);
    fsck(this.plane.place.store);
  }

  /** Restore over other files, kill; each file is the old or the new one, and the same run completes. */
  async restore(victim: Victim): Promise<void> {
    if (this.deaths >= DEATHS) await this.renew();
    const target = join(this.plane.place.root, `target-${this.count}`);
    const paths = [...this.files.keys()];
    const old = new Map(
      paths.filter(() => this.random.next() < 0.7).map((path) => [path, this.random.bytes(40)]),
    );
    await fill(target, old);
    const nothing = { destination: null, at: null, paths: [], dryRun: false, undo: null };
    const run = await this.start('restore', 'restoreFiles', { node: 'home', to: target, ...nothing });
    await this.strike(victim);
    if (victim === 'worker') await this.checkEach(target, old);
    const result = (await this.end(run)) as RestoreResult;
    expect(result.refused + result.unverified, result.summary).toBe(0);
    const yours = [...(await filesIn(target))].filter(([path]) => !path.startsWith('.nxs-'));
    expect(digests(new Map(yours))).toEqual(digests(this.files));
    await rm(target, { recursive: true });
  }

  private async checkEach(target: string, old: ReadonlyMap<string, Buffer>): Promise<void> {
    const now = await filesIn(target);
    let placed = 0;
    for (const [path, bytes] of this.files) {
      const found = now.get(path);
      if (found?.equals(bytes) === true) placed += 1;
      else
        expect(found?.toString('hex'), `${path} is neither the old nor the new one`).toBe(
          old.get(path)?.toString('hex'),
        );
    }
    if (placed > 0 && placed < this.files.size) this.tally.half += 1;
  }

  private async start(kind: 'backup' | 'restore', type: string, input: object): Promise<Run> {
    const id = workflowId('home', kind, `fault-${process.pid}-${this.count++}`);
    await this.plane.client((client) =>
      client.workflow.start(type, { workflowId: id, taskQueue: taskQueue('home'), args: [input] }),
    );
    return { id, began: performance.now() };
  }

  /** After a few deaths in a row the supervisor waits up to 30 s; one that was just started does not. */
  private async renew(): Promise<void> {
    await this.plane.stop();
    this.plane = await startPlane({ place: this.plane.place });
    await this.plane.ready();
    await until(() => /^(green|NOT|HELD|FAILED|first backup)/m.test(this.plane.output()), 60_000);
    this.deaths = 0;
  }

  private async strike(victim: Victim): Promise<void> {
    this.deaths += 1;
    const before = await this.plane.run();
    await sleep(this.random.next() * this.whole);
    const pid = before.pids[victim];
    if (pid === null) throw new Error(`no ${victim} to kill`);
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
  }

  /** Waits as a client does whose server may be away: it asks again. */
  private async end({ id, began }: Run): Promise<unknown> {
    const ended = async (client: Client) => {
      const handle = client.workflow.getHandle(id);
      const { status } = await handle.describe();
      return status.name === 'RUNNING' ? null : { value: (await handle.result()) as unknown };
    };
    const { value } = await until(() => this.plane.client(ended), 120_000);
    this.tally.took.push(Math.round(performance.now() - began));
    await this.plane.ready();
    return value;
  }

  /** The backup of the start, and how long one takes when nothing happens. */
  private async settle(): Promise<void> {
    await until(() => this.plane.output().includes('backup of 204 files'), 60_000);
    const run = await this.start('backup', 'backupAndVerify', {
      node: 'home',
      trigger: 'person',
      confirm: null,
    });
    await this.end(run);
    this.whole = Math.max(600, Math.min(4_000, (this.tally.took.pop() ?? 1_500) * 1.3));
  }
}

interface Run {
  readonly id: string;
  readonly began: number;
}

// Work that shares a machine: each job needs so much of a core, and while there are more jobs than cores all go slower alike.

/** What is due at a time, or at an amount of work done. */
interface Due {
  readonly at: number;
  readonly serial: number;
  readonly act: (now: number) => void;
}

export interface Machine {
  /** Calls `act` that many ms from now. */
  after(ms: number, act: (now: number) => void): void;
  /** Calls `done` when the machine has put `ms` of a core into it. */
  work(ms: number, done: (now: number) => void): void;
  /** Goes on until nothing is left to do. Returns the time, ms. */
  run(): number;
  /** Core time spent so far, ms. */
  spent(): number;
}

/** Starts at 0 ms. Nothing of it waits for real time. */
export function sharedCores(cores: number): Machine {
  const agenda: Due[] = [];
  // Jobs by how much the machine has done for each of all jobs, since all get the same.
  const jobs: Due[] = [];
  let [now, each, spent, serial] = [0, 0, 0, 0];

  function pass(time: number): void {
    const rate = jobs.length === 0 ? 0 : Math.min(1, cores / jobs.length);
    each += (time - now) * rate;
    spent += (time - now) * rate * jobs.length;
    now = time;
  }

  return {
    after(ms, act) {
      push(agenda, { at: now + ms, serial: (serial += 1), act });
    },
    work(ms, done) {
      push(jobs, { at: each + ms, serial: (serial += 1), act: done });
    },
    run() {
      for (;;) {
        const [job, next] = [jobs[0], agenda[0]];
        if (job === undefined && next === undefined) return now;
        const left = job === undefined ? Infinity : Math.max(0, job.at - each);
        const ends = now + left / Math.min(1, cores / Math.max(1, jobs.length));
        const isJob = job !== undefined && (next === undefined || ends <= next.at);
        pass(isJob ? ends : (next?.at ?? now));
        pop(isJob ? jobs : agenda)?.act(now);
      }
    },
    spent: () => spent,
  };
}

function before(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.serial < b.serial);
}

/** A binary heap, the earliest first. */
function push(heap: Due[], item: Due): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (left === undefined) break;
    const isRight = right !== undefined && before(right, left);
    const child = isRight ? right : left;
    if (!before(child, last)) break;
    heap[at] = child;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
  return first;
}

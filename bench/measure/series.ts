import { ownCpuMs } from './process-facts.js';

/** Figures by name, in the order of the rounds. */
export interface Series {
  add(name: string, value: number): void;
  /** Adds the ms that `work` takes, and as `cpu <name>` the CPU time it takes, that of its processes included. */
  time(name: string, work: () => Promise<unknown>): Promise<void>;
  of(name: string): readonly number[];
}

export function series(): Series {
  const all = new Map<string, number[]>();
  function add(name: string, value: number): void {
    const values = all.get(name) ?? [];
    all.set(name, values);
    values.push(value);
  }
  return {
    add,
    async time(name, work) {
      const [began, used] = [performance.now(), ownCpuMs()];
      await work();
      add(name, performance.now() - began);
      add(`cpu ${name}`, ownCpuMs() - used);
    },
    of: (name) => all.get(name) ?? [],
  };
}

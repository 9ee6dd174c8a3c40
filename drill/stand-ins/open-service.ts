// A service stand-in as scenarios handle it, with the command that restarts it. Every run of that command leaves a line in a file, so that
// it can be counted from outside.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kit } from '../scenario.js';
import { standIn } from './paths.js';

export interface Service {
  readonly url: string;
  /** For `restart:` in healing.yaml. */
  readonly restart: readonly string[];
  start(): Promise<void>;
  /** Process id of the one that answers; null: nobody does. */
  pid(): Promise<number | null>;
  /** What the connection says when nobody answers. */
  refusal(): Promise<string | null>;
  /** kill -9 of the one that answers. */
  kill(): Promise<void>;
  /** How often the restart command has run. */
  restarts(): Promise<number>;
}

export interface ServiceOptions {
  readonly name: string;
  /** Seconds that the restart command takes before it starts the service. */
  readonly slow?: number;
}

/** With a broken healer the command says that it is done, and does nothing. */
export async function openService(kit: Kit, { name, slow = 0 }: ServiceOptions): Promise<Service> {
  const port = await kit.port();
  const url = `http://127.0.0.1:${port}`;
  const script = join(kit.dir, `restart-${name}.sh`);
  const count = join(kit.dir, `restarts-${name}`);
  const run = `"${process.execPath}" "${standIn('service')}" ${port} >>"${join(kit.dir, `${name}.log`)}" 2>&1 &`;
  const lines = kit.broken
    ? ['echo "restarted"']
    : [`echo $$ >>"${count}"`, `sleep ${slow}`, run, 'echo "restarted"'];
  await writeFile(script, `${['#!/bin/sh', ...lines].join('\n')}\n`);
  await chmod(script, 0o700);
  const look = async (): Promise<{ readonly pid: number | null; readonly why: string | null }> => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return { pid: Number(await response.text()), why: null };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return { pid: null, why: String(cause instanceof Error ? cause.message : cause) };
    }
  };
  const pid = async () => (await look()).pid;
  return {
    url,
    restart: [script],
    async start() {
      if ((await pid()) !== null) return;
      await kit.spawn(name, [process.execPath, standIn('service'), String(port)]);
      await kit.until(`${name} answers`, 15_000, pid);
    },
    pid,
    refusal: async () => (await look()).why,
    async kill() {
      const running = await pid();
      if (running !== null) process.kill(running, 'SIGKILL');
      await kit.until(`${name} is gone`, 5000, async () => (await pid()) === null);
    },
    async restarts() {
      const text = await readFile(count, 'utf8').catch(() => '');
      return text.split('\n').length - 1;
    },
  };
}

// The memory of sync as text: maps as rows, because it holds a row for every file.
import { z } from 'zod';
import type { Version } from '../../domain/sync/model.js';
import type { SyncMemory } from '../../domain/sync/ports.js';

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const version = z.tuple([oid, z.enum(['100644', '100755']), z.number().int().nonnegative()]);
const stamp = z.object({ l: z.number(), c: z.number(), node: z.string() });

const memorySchema = z.object({
  v: z.literal(1),
  hub: z.string().nullable(),
  lost: z.boolean(),
  tip: oid.nullable(),
  base: z.array(z.tuple([z.string(), version])),
  pending: z.array(
    z.tuple([
      z.string(),
      z.object({ version: version.nullable(), stamp, captured: z.boolean(), earlier: z.array(oid) }),
    ]),
  ),
  capture: z.object({ commit: oid, tip: oid.nullable(), of: z.string() }).nullable(),
  clock: z.object({ l: z.number(), c: z.number() }),
  scanned: z.number(),
  secrets: z.array(z.tuple([z.string(), z.object({ oid, detail: z.string() })])),
  holds: z.array(z.object({ path: z.string(), reason: z.string(), detail: z.string() })),
  approved: z.array(z.string()),
  denied: z.array(z.string()),
  forgotten: z.array(z.string()),
  nodes: z.array(z.tuple([z.string(), z.number()])),
  generation: z.number().int(),
  settled: z.boolean(),
});

/** The text of a memory file. */
export function memoryText(memory: SyncMemory): string {
  const kept: z.infer<typeof memorySchema> = {
    ...memory,
    base: [...memory.base].map(([path, each]) => [path, row(each)]),
    pending: [...memory.pending].map(([path, { version: each, stamp: at, captured, earlier }]) => [
      path,
      { version: each === null ? null : row(each), stamp: at, captured, earlier: [...earlier] },
    ]),
    secrets: [...memory.secrets],
    holds: [...memory.holds],
    approved: [...memory.approved],
    denied: [...memory.denied],
    forgotten: [...memory.forgotten],
    nodes: [...memory.nodes],
  };
  return `${JSON.stringify(kept)}\n`;
}

/** Null: it is no memory that we wrote. */
export function parseMemory(text: string): SyncMemory | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = memorySchema.safeParse(value);
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    ...data,
    base: new Map(data.base.map(([path, each]) => [path, versionOf(each)])),
    pending: new Map(
      data.pending.map(([path, each]) => [
        path,
        { ...each, version: each.version === null ? null : versionOf(each.version) },
      ]),
    ),
    secrets: new Map(data.secrets),
    holds: data.holds as SyncMemory['holds'],
    nodes: new Map(data.nodes),
  };
}

function row({ oid: id, mode, size }: Version): z.infer<typeof version> {
  return [id, mode, size];
}

function versionOf([id, mode, size]: z.infer<typeof version>): Version {
  return { oid: id, mode, size };
}

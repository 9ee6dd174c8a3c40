// The first try: the same objects sent again. A server may say "I have it" and keep its broken copy, so they are read back.
import type { Healing, ObjectRequest, Stage } from '../../domain/backup/ports.js';
import { withBoxStage } from './box-stage.js';
import { blobId } from './codec.js';
import { fillFromStage } from './fill.js';
import type { Shelf, Signal, View } from './shelf.js';
import { collect } from './streams.js';

export interface InPlace {
  readonly note: string;
  /** Stored objects (files as they are, or parts) that stay broken. */
  readonly broken: ReadonlySet<string>;
}

/** Sends the broken files again as they are stored now, whole or in their parts. */
export async function inPlace(
  shelf: Shelf,
  view: View,
  healing: Healing,
  stage: Stage,
  signal: Signal,
): Promise<InPlace> {
  const boxed = healing.oids.flatMap((oid) => view.byOid.get(oid) ?? []);
  const sizes = new Map(view.stored.map(({ oid, size }) => [oid, size ?? 0]));
  const raw = healing.oids
    .filter((oid) => !view.byOid.has(oid))
    .map((oid) => ({ oid, size: sizes.get(oid) ?? 0 }));
  const parts = boxed.flatMap(({ boxes }) => boxes);
  const objects = [...new Map([...raw, ...parts].map(({ oid, size }) => [oid, { oid, size }])).values()];
  const oids = objects.map(({ oid }) => oid);
  const { note } = await (boxed.length === 0
    ? shelf.inner.heal({ ...healing, oids }, stage, signal)
    : withBoxStage(shelf, stage, signal, async (boxes) => {
        const cuts = new Map(boxed.map((file) => [file.oid, file.boxes.map(({ size }) => size)]));
        const put = (box: { readonly bytes: Uint8Array }): Promise<void> => boxes.put(box.bytes);
        await fillFromStage(shelf, stage, [...cuts.keys()], put, signal, (oid) => cuts.get(oid) ?? []);
        await boxes.seal();
        return shelf.inner.heal({ ...healing, oids }, boxes, signal);
      }));
  return { note: note.replace(/\.$/, ''), broken: await brokenAmong(shelf, objects, signal) };
}

/** Objects that do not read back as what their ids say. */
async function brokenAmong(
  { inner }: Shelf,
  objects: readonly ObjectRequest[],
  signal: Signal,
): Promise<ReadonlySet<string>> {
  const broken = new Set(objects.map(({ oid }) => oid));
  for await (const blob of inner.read(objects, signal, null)) {
    if ('problem' in blob) continue;
    const bytes = await collect(blob.chunks).catch(() => null);
    if (bytes !== null && blobId(bytes) === blob.oid) broken.delete(blob.oid);
  }
  return broken;
}

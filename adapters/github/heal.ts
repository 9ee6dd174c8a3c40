// Good bytes once more. GitHub keeps one copy of an object by its id and may answer "I have it": whether that helped is seen by
// reading it back, and what stays broken is stored another way by the boxes around this destination.
import type { CancelSignal, Healed, Healing, Stage } from '../../domain/backup/ports.js';
import { sendBlob, staged } from './upload.js';
import type { GithubStore } from './store.js';

/** The port's heal(). */
export async function healBlobs(
  store: GithubStore,
  { oids }: Healing,
  stage: Stage,
  signal?: CancelSignal,
): Promise<Healed> {
  let sent = 0;
  for await (const { oid, bytes } of staged(store, stage, oids, signal)) {
    await sendBlob(store, oid, bytes, signal);
    sent += 1;
  }
  return { note: `${sent} ${sent === 1 ? 'object' : 'objects'} sent again`, commit: null, fallback: 0 };
}

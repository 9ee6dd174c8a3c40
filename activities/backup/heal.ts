// Uploads again what verification found wrong. A cache never says that something is there (kopia #4332): the good bytes are
// read from the source once more, and only exactly those count.
import type { HealResult, VerifyInput } from '../contracts.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { touching } from './remote.js';
import { stageAgain } from './stage-again.js';
import { currentStore, leaveTrail } from './trail.js';

/** Heals in place; whether it helped is decided by the verification that follows. */
export async function healBackup(ports: BackupPorts, input: VerifyInput, task: Task): Promise<HealResult> {
  const store = storeOf(ports, input.destination);
  const catalog = await ports.state.loadCatalog(input.run);
  const entries = await ports.state.loadEntries(input.run, input.destination);
  const wrong = new Set(entries.filter((entry) => entry.action === 'REUPLOAD').map((entry) => entry.path));
  const files = catalog.files.filter((file) => wrong.has(file.path));
  task.progress(`reading ${files.length} files again`);
  const { held, lost } = await stageAgain(ports, input.run, files, task);
  const healable = [...new Set(files.map((file) => file.oid))].filter((oid) => held.has(oid));
  const none = { healed: 0, lost: lost.length, note: describe(null, lost), commit: null, fallback: 0 };
  if (healable.length === 0) return none;
  task.progress(`writing ${healable.length} objects to ${store.name} again`);
  const published = await ports.state.loadPublished(input.run, store.name);
  const healing = {
    oids: healable,
    commit: published.commit,
    at: new Date(ports.now()).toISOString(),
    author: ports.settings.node,
  };
  const { note, commit, fallback } = await touching(ports, store, async () => {
    const branch = await currentStore(ports, store);
    const healed = await branch.heal(healing, ports.stages.open(input.run), task.signal);
    if (healed.commit !== null) {
      const tamper = (await ports.state.loadTrail(store.name))?.tamper ?? null;
      await leaveTrail(ports, store, healed.commit, tamper);
      await ports.state.savePublished(input.run, store.name, { ...published, commit: healed.commit });
    }
    return healed;
  });
  return { healed: healable.length, lost: lost.length, note: describe(note, lost), commit, fallback };
}

function describe(note: string | null, lost: readonly string[]): string {
  const parts = note === null ? [] : [note];
  if (lost.length > 0) parts.push(`not healable from the source: ${lost.slice(0, 5).join(', ')}`);
  return parts.join('; ');
}

// Builds the healing capability from the config: for the worker, and (without its channels) for commands that only look.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import type { HealingPorts } from '../../activities/healing/ports.js';
import { openIntegrity } from '../../adapters/files/integrity.js';
import { acquireLock } from '../../adapters/files/lock.js';
import { openCaches } from '../../adapters/host/caches.js';
import { openHost } from '../../adapters/host/open-host.js';
import { openShell } from '../../adapters/shell/open-shell.js';
import { redactText, secretsOf } from '../../config/redact.js';
import type { Config } from '../../config/types.js';
import { workflowId } from '../../domain/ids.js';
import type { ProvidersView } from '../../gateway/view.js';
import { backupPorts, readyStores, SILENT } from '../backup-parts.js';
import { backupPaths } from '../backup-paths.js';
import { distDirectory } from '../dist-paths.js';
import { wait } from '../wait.js';
import { openAnswered } from './answered.js';
import { integrityReading } from './integrity-reading.js';
import { linkPath } from './links.js';
import { lookAtProviders, openVitals } from './doctor-parts.js';
import { healingDir, writeMonitor } from './monitor-file.js';
import { openPast } from './past.js';
import { checkSignature } from './signatures.js';
import { isRunning, signalTimes, switchProvider } from './temporal-parts.js';

export interface HealingChannels extends Pick<HealingPorts, 'journal' | 'notify' | 'busy' | 'stopping'> {
  /** null: the worker does not poll yet. */
  readonly client: () => Client | null;
  readonly providers: () => Promise<ProvidersView>;
  /** Told with each slow look. */
  readonly alive: () => void;
}

/** Bytes that each slow look reads of the data directory: at 30 s between two, 23 GB a day. */
const SHARE = 8_000_000;
/** ms that an act waits for another one. */
const PATIENCE = 15 * 60_000;

export function healingPorts(config: Config, channels: HealingChannels): HealingPorts & { close(): void } {
  const { node, stateDir, healing } = config;
  const dir = healingDir(stateDir);
  const secrets = secretsOf(config);
  const host = openHost({ env: process.env });
  const vitals = openVitals({ stateDir, host, client: channels.client });
  const integrity = openIntegrity(config.dataDir, path.join(backupPaths(stateDir).dir, 'stat-cache.ndjson'));
  const answered = openAnswered(stateDir);
  const { client, providers, alive, ...rest } = channels;
  return {
    node,
    rules: healing,
    host,
    shell: openShell({ dir: path.join(dir, 'orders'), env: process.env }),
    caches: openCaches(),
    disks: ['/', config.dataDir, stateDir],
    providers: {
      async look() {
        const view = await providers();
        await answered.note(view);
        return lookAtProviders(view, (name) => answered.has(name));
      },
      switchToBackup: (forMs) => switchProvider(client(), node, forMs),
    },
    vitals: () => vitals.look(),
    integrity: async (signal) => integrityReading(await integrity.next(SHARE, signal)),
    integrityOf: async (paths) => integrityReading(await integrity.of(paths)),
    restorable: () => isRestorable(config),
    past: openPast(config),
    isRunning: (incident) => isRunning(client(), workflowId(node, 'incident', incident)),
    restartControlPlane: {
      command: {
        kind: 'argv',
        argv: [process.execPath, path.join(distDirectory(), 'workers/healing/restart-main.js'), stateDir],
      },
      timeout: 60_000,
    },
    alone: (work) => alone(path.join(dir, 'lock'), work),
    howToAnswer: (incident, request, planHash) => howToAnswer(config, { incident, request, planHash }),
    async noted(note) {
      await writeMonitor(stateDir, { ...note, anomalies: [...note.anomalies], blind: [...note.blind] });
      alive();
    },
    signalTimes: (run) => signalTimes(client(), run),
    checkSignature: (input) => checkSignature(node, healing.approvals.approvers, input),
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    scrub: (text) => redactText(text, secrets),
    now: () => Date.now(),
    wait,
    ...rest,
    close: () => vitals.close(),
  };
}

async function isRestorable(config: Config): Promise<boolean> {
  const ports = backupPorts(config, SILENT);
  const books = await Promise.all(readyStores(ports).map(({ name }) => ports.state.loadProofs(name)));
  return books.some((book) => book !== null && book.provedAt !== null);
}

function howToAnswer(
  { stateDir, nxs }: Config,
  link: { readonly incident: string; readonly request: string; readonly planHash: string },
): readonly string[] {
  const url = nxs.http.public_url;
  return [
    `nxs approve ${link.incident} --by NAME --reason TEXT`,
    `nxs deny ${link.incident} --by NAME --reason TEXT`,
    ...(url === undefined ? [] : [new URL(linkPath(stateDir, link), url).href]),
  ];
}

async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(file, { wait: PATIENCE, purpose: 'healing' });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

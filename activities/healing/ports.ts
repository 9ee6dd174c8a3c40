// Everything a healing activity is given. The composition root makes it (workers/healing/parts.ts).
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { PastOf } from '../../domain/healing/past.js';
import type { Caches, Host, Shell, Order } from '../../domain/healing/ports.js';
import type { HealingRules } from '../../domain/healing/rules.js';
import type { Reading } from '../../domain/healing/model.js';
import type { RunOfIncident, SignatureInput } from '../../domain/healing/steps.js';
import type { Blind } from '../../domain/healing/watch.js';
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';

/** How the providers stand, as far as healing needs it. */
export interface ProviderLook {
  /** `bad`: the one that policy asks first is out, and nothing was switched; null: none of them has ever answered here. */
  readonly reading: Reading | null;
  /** Another provider could go first. */
  readonly other: boolean;
}

/** What the monitor saw last, for whoever looks from outside of Temporal. */
export interface MonitorNote {
  /** ms */
  readonly at: number;
  readonly anomalies: readonly string[];
  readonly blind: readonly Blind[];
}

export interface HealingPorts {
  readonly node: string;
  readonly rules: HealingRules;
  readonly host: Host;
  readonly shell: Shell;
  readonly caches: Caches;
  /** Paths whose file systems must not run full. */
  readonly disks: readonly string[];
  readonly providers: {
    look(): Promise<ProviderLook>;
    /** The next provider that can answer goes first for so long (ms); returns who is asked first now. */
    switchToBackup(forMs: number): Promise<string>;
  };
  /** Our own processes: event loop, engine, gateway. */
  vitals(): Promise<Reading>;
  /** Files whose content is not what it was, though nobody wrote to them; a share of all with each call. */
  integrity(signal: CancelSignal): Promise<Reading & { readonly paths: readonly string[] }>;
  /** The same for these files only. */
  integrityOf(paths: readonly string[]): Promise<Reading & { readonly paths: readonly string[] }>;
  restorable(): Promise<boolean>;
  /** What must not be interrupted now, in a few words; null: nothing. */
  busy(): Promise<string | null>;
  past(): Promise<PastOf>;
  /** The incident's workflow is there and not over; true when nobody can say. */
  isRunning(incident: string): Promise<boolean>;
  /** The command that ends worker and engine, so that the supervisor starts them anew. */
  readonly restartControlPlane: Order['steps'][number];
  /** One disruptive act at a time, whoever does it. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  journal(event: NewEvent): Promise<void>;
  notify(notice: Notice): Promise<void>;
  /** How a person answers: a command to paste, and a link where the node has a public address. */
  howToAnswer(incident: string, request: string, planHash: string): readonly string[];
  noted(note: MonitorNote): Promise<void>;
  signalTimes(run: RunOfIncident): Promise<readonly number[]>;
  checkSignature(input: SignatureInput): 'none' | 'good' | 'bad';
  sha256(text: string): string;
  /** Removes known secrets. */
  scrub(text: string): string;
  now(): number;
  /** Ends early when the signal is aborted. */
  wait(ms: number, signal: CancelSignal): Promise<void>;
  /** Aborted when the worker stops. */
  readonly stopping: CancelSignal;
}

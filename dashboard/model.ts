// All that the page shows, as plain data. The front fills it from its own memory, the state directory and the journal; the page only
// renders. Times are ISO 8601 in UTC, durations ms, unless a name says otherwise; null: not known.
import type { Incident } from '../domain/healing/incident.js';
import type { KpiReport } from '../domain/kpi/model.js';

export type Light = 'good' | 'bad' | 'unknown';

export interface PageModel {
  readonly node: string;
  readonly title: string;
  /** When this was put together. */
  readonly at: string;
  readonly headline: Headline;
  readonly kpi: KpiReport;
  /** Share of good time in each 24th of the window, 0 to 1, oldest first; null: nothing is known. */
  readonly uptime: readonly (number | null)[];
  readonly providers: ProvidersPart;
  readonly backups: BackupsPart;
  readonly sync: SyncPart;
  readonly healing: HealingPart;
  readonly schedules: Part<{ readonly list: readonly ScheduleRow[] }>;
  readonly fleet: readonly FleetRow[];
  /** Panels of resilience-dashboard.yaml, in order. */
  readonly panels: readonly PanelModel[];
  /** Temporal's web UI; null: none that we know of. */
  readonly ui: string | null;
}

/** A part that could not be put together says why, and hides no other. */
export type Part<T> = ({ readonly failed: null } & T) | { readonly failed: string };

/** The one line that is read first. */
export interface Headline {
  readonly light: Light;
  /** `Healthy`, `Needs you: full restart of this node`, `Monitor blind for 2 min`, `No provider can answer`. */
  readonly text: string;
  /** End of the time to answer, when it needs a person. */
  readonly until: string | null;
  /** Anchor on the page that has more: `#incidents`. */
  readonly anchor: string | null;
}

export type ProvidersPart = Part<{
  /** Who goes first by a person's word; null: by policy. */
  readonly switched: { readonly to: string; readonly until: string | null; readonly by: string } | null;
  readonly list: readonly ProviderRow[];
}>;

export interface ProviderRow {
  readonly name: string;
  readonly model: string;
  readonly state: 'closed' | 'open' | 'half_open' | 'not_configured';
  readonly serving: boolean;
  readonly light: Light;
  readonly since: string | null;
  readonly detail: string;
  /** Median time to the first content, ms. */
  readonly first_content_ms: number | null;
  /** For each hour of the last 24, oldest first: share of the time in which its breaker was closed; null: not known. */
  readonly day: readonly (number | null)[];
}

export type BackupsPart = Part<{
  /** One line: how the last run ended. */
  readonly summary: string;
  readonly light: Light;
  /** Of the run's workflow. */
  readonly link: string | null;
  readonly files: readonly BackupRow[];
  /** Files beyond those listed. */
  readonly more: number;
}>;

/** The document's columns. */
export interface BackupRow {
  readonly file: string;
  readonly destination: string;
  /** When the run that last brought it there ended. */
  readonly last_backup: string | null;
  /** When its bytes were last read back. */
  readonly verified: string | null;
  readonly hash_match: boolean | null;
  readonly hash: string | null;
  readonly status: string;
}

export type SyncPart = Part<{
  readonly summary: string;
  readonly light: Light;
  readonly link: string | null;
  readonly nodes: readonly {
    readonly node: string;
    readonly last_seen: string | null;
    readonly own: boolean;
    /** Changes that wait there; null: not known. */
    readonly waiting: number | null;
  }[];
  /** Conflicts that were kept, newest first. */
  readonly conflicts: readonly { readonly at: string; readonly file: string; readonly how: string }[];
  /** What a person has to answer by `nxs sync approve|deny`. */
  readonly questions: readonly string[];
}>;

export type HealingPart = Part<{
  readonly monitor: {
    readonly state: 'watching' | 'blind' | 'off';
    readonly at: string | null;
    readonly unseen: readonly string[];
  };
  readonly paused: { readonly until: string; readonly by: string; readonly reason: string } | null;
  /** Newest first; open ones first of all. */
  readonly incidents: readonly (Incident & { readonly link: string | null })[];
}>;

export interface ScheduleRow {
  readonly id: string;
  readonly what: string;
  readonly next: string | null;
  readonly last: string | null;
  readonly paused: boolean;
  readonly link: string | null;
}

/** A node that shares a Temporal cluster or a hub with this one. */
export interface FleetRow {
  readonly node: string;
  readonly own: boolean;
  readonly last_seen: string | null;
  /** `hub`, `temporal` or both. */
  readonly seen_by: readonly string[];
  readonly light: Light;
  readonly detail: string;
  readonly link: string | null;
}

export type PanelModel = { readonly name: string } & (
  | { readonly kind: 'error'; readonly problem: string }
  | {
      readonly kind: 'gauge';
      readonly value: number | null;
      readonly unit: string;
      readonly thresholds: readonly number[];
      readonly good: '>' | '<';
      readonly note: string;
    }
  | { readonly kind: 'status-grid'; readonly cells: readonly GridCell[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly TableRow[] }
  | { readonly kind: 'timeline'; readonly entries: readonly TimelineEntry[] }
);

export interface GridCell {
  /** As the YAML writes it. */
  readonly name: string;
  /** The provider that it stands for; null: there is none. */
  readonly provider: string | null;
  readonly light: Light;
  readonly detail: string;
}

export interface TableRow {
  /** One for each column. */
  readonly cells: readonly { readonly text: string; readonly light: Light | null }[];
  readonly link: string | null;
}

export interface TimelineEntry {
  readonly at: string;
  readonly text: string;
  readonly light: Light;
  readonly link: string | null;
}

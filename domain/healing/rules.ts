// What healing.yaml says, as far as decisions need it: plain data, so that deciding stays pure.
import { targetOf, type Anomaly, type Level, type Permission } from './model.js';
import type { Probe } from './ports.js';

export interface LevelRules {
  readonly permission: Permission;
  readonly run?: readonly string[] | undefined;
  readonly sh?: string | undefined;
  /** ms */
  readonly timeout: number;
}

export interface ServiceRules {
  readonly name: string;
  readonly probe: Probe;
  readonly restart?: readonly string[] | undefined;
  /** ms */
  readonly timeout: number;
  /** ms that a restarted service has until its probe must be good. */
  readonly grace: number;
  readonly depends_on: readonly string[];
  /** What else a restart of it may mend. */
  readonly relieves: readonly 'memory'[];
}

export interface ExtensionRules {
  readonly name: string;
  readonly probe: Probe;
  readonly reload: readonly string[];
  readonly timeout: number;
  readonly grace: number;
}

export interface LimitRules {
  /** ms between two runs of one action on one target. */
  readonly cooldown: number;
  /** Disruptive acts. */
  readonly per_hour: number;
  readonly per_day: number;
  /** Healings of one subject by one level within an hour, after which that level counts as without lasting effect. */
  readonly recurrences: number;
  /** Anomalies at once from which on a person is asked before anything disruptive. */
  readonly storm: number;
  /** ms that a denied or unanswered question rests. */
  readonly snooze: number;
}

export interface ApprovalRules {
  readonly approvers: readonly { readonly name: string; readonly key: string | null }[];
  /** ms */
  readonly expires_after: number;
  readonly quorum: number;
  readonly four_eyes: boolean;
  readonly require_signature: boolean;
}

export interface HealingRules {
  /** ms between two slow checks. */
  readonly interval: number;
  readonly escalation: 'applicable' | 'literal';
  readonly thresholds: {
    readonly memory_warning: number;
    readonly memory_critical: number;
    readonly disk_critical: number;
  };
  readonly services: readonly ServiceRules[];
  readonly extensions: readonly ExtensionRules[];
  readonly approvals: ApprovalRules;
  readonly levels: Readonly<Record<`${Level}`, LevelRules>>;
  readonly caches: {
    readonly paths: readonly string[];
    /** ms */
    readonly older_than: number;
    readonly protect: readonly string[];
    readonly drop_caches: boolean;
  };
  readonly limits: LimitRules;
}

/** False for what the configuration does not name any more: nobody looks at it, so it can neither be ill nor become well. */
export function isNamed(
  { services, extensions }: Pick<HealingRules, 'services' | 'extensions'>,
  { kind, subject }: Pick<Anomaly, 'kind' | 'subject'>,
): boolean {
  const name = targetOf(subject);
  if (kind === 'service_down') return services.some((each) => each.name === name);
  if (kind === 'extension_crash') return extensions.some((each) => each.name === name);
  return true;
}

// An incident that a person starts: a kind and, where there are several, which one. Anything may come over Temporal.
import { z } from 'zod';
import { ANOMALY_KINDS, type Anomaly, type AnomalyKind } from './model.js';

const schema = z.object({
  kind: z.enum(ANOMALY_KINDS),
  target: z.string().trim().min(1).max(200).nullish(),
  by: z.string().trim().min(1).max(200),
});

export interface Trigger {
  readonly kind: AnomalyKind;
  readonly target: string | null;
  readonly by: string;
}

/** `why` is one sentence for the person who typed it. */
export function parseTrigger(value: unknown): { readonly value: Trigger } | { readonly why: string } {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    return {
      why: `trigger takes {"kind":KIND,"target":"NAME","by":"WHO"}; KIND is one of ${ANOMALY_KINDS.join(', ')}.`,
    };
  const { kind, target = null, by } = parsed.data;
  const needs = NEEDS_TARGET[kind];
  if (needs !== undefined && target === null) return { why: `${kind} needs a target: ${needs}.` };
  return { value: { kind, target, by } };
}

const NEEDS_TARGET: Readonly<Partial<Record<AnomalyKind, string>>> = {
  service_down: 'the name of a service in healing.yaml',
  extension_crash: 'the name of an extension in healing.yaml',
  disk_critical: 'a mount point',
  data_corruption: 'a file, as a path below the data directory',
};

/** What the monitor would call it. `now` in ms. */
export function triggered({ kind, target, by }: Trigger, now: number): Anomaly {
  const name = target ?? '';
  const subjects: Readonly<Record<AnomalyKind, string>> = {
    memory_warning: 'memory',
    memory_critical: 'memory',
    disk_critical: `disk:${name}`,
    service_down: `service:${name}`,
    provider_failure: 'providers',
    extension_crash: `extension:${name}`,
    unresponsive: 'system',
    data_corruption: 'data',
  };
  const detail = `triggered by ${by}`;
  const paths = kind === 'data_corruption' && target !== null ? [target] : [];
  return { subject: subjects[kind], kind, detail, value: null, since: now, detected: now, paths };
}

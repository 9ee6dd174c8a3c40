import type { ServiceReading } from '../../domain/healing/ports.js';

export function good(detail: string, instance: string | null = null): ServiceReading {
  return { state: 'good', detail, value: null, instance };
}

export function bad(detail: string): ServiceReading {
  return { state: 'bad', detail, value: null, instance: null };
}

/** The probe failed, not what it looks at: nothing is done about it. */
export function unknown(detail: string): ServiceReading {
  return { state: 'unknown', detail, value: null, instance: null };
}

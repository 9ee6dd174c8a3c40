// What is remembered between notices, so that nothing is told twice and nothing is forgotten. Lost state is no harm: the
// worst that follows is that something is told a second time, so whatever cannot be read counts as empty.
import { z } from 'zod';

const at = z.number().nonnegative();
const level = z.enum(['info', 'warning', 'critical']);

const incident = z.object({
  incident: z.string(),
  state: z.enum(['raised', 'resolved']),
  level,
  title: z.string(),
  text: z.string(),
  digest: z.string(),
  /** Raised first, ms since the epoch. */
  since: at,
  /** Raised or resolved last. */
  renewed: at,
});

/** What one channel was told of an incident that it does not know the end of. */
const told = z.object({
  incident: z.string(),
  level,
  /** Digests of the texts that it was told, the latest last. */
  digests: z.array(z.string()),
  /** The latest message, ms since the epoch. */
  at,
  times: z.number().int().positive(),
});

const channel = z.object({
  name: z.string(),
  told: z.array(told),
  /** Times of the messages of the last hour. */
  sent: z.array(at),
  /** Messages that the limit kept back, and the incidents that they are of. */
  held: z.object({ count: z.number().int().nonnegative(), incidents: z.array(z.string()) }),
  /** Whoever delivers right now, and until when that is believed. */
  lease: z.object({ by: z.string(), until: at }).nullable(),
  /** The service asked to be left alone until then. */
  quiet: at.nullable(),
  delivered: z.object({ at, incident: z.string() }).nullable(),
  /** Null after a delivery. */
  failed: z.object({ at, incident: z.string(), reason: z.string(), times: z.number().int() }).nullable(),
});

const state = z.object({ v: z.literal(1), incidents: z.array(incident), channels: z.array(channel) });

export type Incident = Readonly<z.infer<typeof incident>>;
export type Told = Readonly<z.infer<typeof told>>;
export type ChannelState = Readonly<z.infer<typeof channel>>;

export interface NotifyState {
  readonly v: 1;
  readonly incidents: readonly Incident[];
  readonly channels: readonly ChannelState[];
}

export const EMPTY: NotifyState = { v: 1, incidents: [], channels: [] };

/** The state in a file's text; EMPTY for everything that is not one. */
export function parseState(text: string): NotifyState {
  try {
    const parsed = state.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** What is known of a channel; a blank for one that was never heard of. */
export function channelOf({ channels }: NotifyState, name: string): ChannelState {
  return channels.find((each) => each.name === name) ?? blank(name);
}

/** The state with this channel in place of the one of the same name. */
export function withChannel(whole: NotifyState, next: ChannelState): NotifyState {
  const rest = whole.channels.filter(({ name }) => name !== next.name);
  return { ...whole, channels: [...rest, next] };
}

function blank(name: string): ChannelState {
  const nothing = { lease: null, quiet: null, delivered: null, failed: null };
  return { name, told: [], sent: [], held: { count: 0, incidents: [] }, ...nothing };
}

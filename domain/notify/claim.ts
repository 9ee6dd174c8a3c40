// Who delivers what: a channel is claimed for a while, its messages are sent outside of any lock, and what came of it is
// noted down. A claim that was never settled (a crash) runs out, and the next one tells the same again.
import { HELD_BACK, type Covered, type Message } from './message.js';
import { channelOf, withChannel, type ChannelState, type NotifyState, type Told } from './state.js';
import { clip } from './text.js';
import { wantsOf, type ChannelRules, type Want } from './wants.js';

const HOUR = 3_600_000;
/** Digests that a channel remembers of an incident: texts that take turns are each told once. */
const DIGESTS = 8;
/** Messages of one claim, so that none lasts for ever; the next claim takes the rest. */
const BATCH = 10;
/** Incidents that a summary names. */
const NAMED = 10;
const LONGEST_REASON = 300;
/** ms */
const FIRST_REST = 60_000;

export interface Claim {
  readonly state: NotifyState;
  /** To be delivered one after the other; none: nothing to say, or somebody else is at it, or the channel rests. */
  readonly messages: readonly Message[];
}

export interface ClaimOptions {
  /** Names the one who delivers. */
  readonly by: string;
  /** Longest time of one delivery, ms. */
  readonly each: number;
  /** ms since the epoch. */
  readonly now: number;
  /** Nobody brought news, it is only time to look: a channel that failed is left alone for a while (default false). */
  readonly idle?: boolean;
}

/** Takes what a channel has to be told; what its hourly limit leaves no room for is counted and waits. */
export function claim(
  state: NotifyState,
  rules: ChannelRules,
  { by, each, now, idle = false }: ClaimOptions,
): Claim {
  const channel = channelOf(state, rules.name);
  if (idle && lies(restsUntil(channel), now)) return { state, messages: [] };
  if (lies(channel.lease?.until ?? null, now) || lies(channel.quiet, now)) return { state, messages: [] };
  const wants = wantsOf(state.incidents, channel, rules, now);
  const sent = channel.sent.filter((at) => at <= now && now - at < HOUR);
  let room = rules.maxPerHour === null ? Infinity : Math.max(0, rules.maxPerHour - sent.length);
  const waited = wants.filter(({ incident }) => channel.held.incidents.includes(incident));
  const fresh = wants.filter((want) => !waited.includes(want));
  const messages: Message[] = [];
  if (channel.held.count > 0 && room > 0) {
    messages.push(summary(channel.held.count, waited, now));
    room -= 1;
  }
  const direct = fresh.slice(0, Math.min(room, fresh.length));
  messages.push(...direct.slice(0, BATCH).map(messageOf));
  const late = fresh.slice(direct.length).map(({ incident }) => incident);
  if (messages.length === 0 && late.length === 0) return { state, messages };
  const held = {
    count: channel.held.count + late.length,
    incidents: [...channel.held.incidents, ...late],
  };
  const lease = messages.length === 0 ? null : { by, until: now + messages.length * each };
  return { state: withChannel(state, { ...channel, sent, held, lease }), messages };
}

/** When a channel that failed is tried again without news: after a minute, then twice as long each time, at most an hour. */
function restsUntil({ failed }: ChannelState): number | null {
  return failed === null ? null : failed.at + Math.min(HOUR, FIRST_REST * 2 ** (failed.times - 1));
}

/** In the hour to come; what is beyond it was not set by us: the clock went back. */
function lies(at: number | null, now: number): boolean {
  return at !== null && at > now && at - now <= HOUR;
}

/** How a delivery ended. */
export type Delivery =
  | { readonly ok: true; readonly message: Message; readonly at: number }
  | {
      readonly ok: false;
      readonly message: Message;
      readonly at: number;
      /** One sentence for a person, without a secret. */
      readonly reason: string;
      /** ms that the service asks to be left alone; null: it did not. */
      readonly wait: number | null;
    };

/** Notes down what came of one message; `last`: the claim ends with it. */
export function settle(
  state: NotifyState,
  name: string,
  delivery: Delivery,
  { by, last }: { readonly by: string; readonly last: boolean },
): NotifyState {
  const channel = channelOf(state, name);
  const { message, at } = delivery;
  const lease = last && channel.lease?.by === by ? null : channel.lease;
  if (!delivery.ok) {
    const failed = {
      at,
      incident: message.incident,
      reason: clip(delivery.reason, LONGEST_REASON),
      times: (channel.failed?.times ?? 0) + 1,
    };
    const quiet = delivery.wait === null ? null : at + Math.min(HOUR, delivery.wait);
    return withChannel(state, { ...channel, lease, failed, quiet });
  }
  const held = message.kind === 'summary' ? { count: 0, incidents: [] } : channel.held;
  const told = message.covers.reduce<readonly Told[]>((sum, covered) => note(sum, covered, at), channel.told);
  const next: ChannelState = {
    ...channel,
    told: [...told],
    sent: [...channel.sent, at],
    held,
    lease,
    quiet: null,
    delivered: { at, incident: message.incident },
    failed: null,
  };
  return withChannel(state, next);
}

function note(
  told: readonly Told[],
  { incident, kind, level, digest }: Covered,
  at: number,
): readonly Told[] {
  const before = told.find((each) => each.incident === incident);
  const rest = told.filter((each) => each !== before);
  if (kind === 'resolved') return rest;
  const digests = [...(before?.digests ?? []).filter((each) => each !== digest), digest].slice(-DIGESTS);
  return [...rest, { incident, level, digests, at, times: (before?.times ?? 0) + 1 }];
}

function messageOf({ kind, incident, level, digest, of }: Want): Message {
  const { title, text, since } = of;
  return { kind, incident, level, title, text, since, covers: [{ incident, kind, level, digest }] };
}

function summary(count: number, wants: readonly Want[], now: number): Message {
  const lines = wants.slice(0, NAMED).map(({ kind, incident, of }) => {
    const end = kind === 'resolved' ? 'resolved, ' : '';
    return `- ${end}${of.title} (${incident})`;
  });
  if (wants.length > NAMED) lines.push(`- and ${wants.length - NAMED} others`);
  const over = count - wants.length;
  if (over > 0) lines.push(`- ${over} of them over by now, or told since`);
  const level = wants.some(({ kind, level: own }) => kind !== 'resolved' && own === 'critical')
    ? 'critical'
    : 'warning';
  return {
    kind: 'summary',
    incident: HELD_BACK,
    level,
    title: `${count} more ${count === 1 ? 'was' : 'were'} held back`,
    text: ['More happened than this channel may be told in an hour:', ...lines].join('\n'),
    since: now,
    covers: wants.map(({ incident, kind, level: own, digest }) => ({ incident, kind, level: own, digest })),
  };
}

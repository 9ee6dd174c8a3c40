// Takes notices in and gets them to every channel. Three promises: the caller never hears an error, never waits longer than a
// moment, and a channel that hangs holds up neither him nor the other channels.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../domain/errors.js';
import type { NewEvent } from '../../domain/journal.js';
import { absorb, tidied } from '../../domain/notify/absorb.js';
import { claim, settle, type Delivery } from '../../domain/notify/claim.js';
import type { Message } from '../../domain/notify/message.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { NotifyState } from '../../domain/notify/state.js';
import type { ChannelRules } from '../../domain/notify/wants.js';
import type { Channel } from './channel.js';
import type { NoticeLog } from './log.js';
import { scrubber } from './secrets.js';
import type { NotifyStore } from './store.js';

/** Longest time that a caller waits for his notice to be told, ms; it goes on without him. */
const PATIENCE = 3000;

export interface Told {
  readonly channel: Channel;
  readonly rules: ChannelRules;
}

export interface DispatcherParts {
  readonly store: NotifyStore;
  readonly channels: readonly Told[];
  readonly log: NoticeLog;
  readonly journal: (event: NewEvent) => Promise<void>;
  /** Secrets of the whole configuration, beside those that the channels know. */
  readonly scrub: (text: string) => string;
  /** Epoch ms. */
  readonly now?: () => number;
  /** Longest wait of a caller, ms (default 3000). */
  readonly patience?: number;
}

export interface Notifier {
  /** Tells of trouble, or of its end. Never throws; returns when it was told, at the latest after a moment. */
  notify(notice: Notice): Promise<void>;
  /** To be called now and then: reminds, tries again what could not be told, tells what the hourly limit held back. Never throws. */
  flush(): Promise<void>;
  /** Waits a moment for what is under way, then ends it; what was not told is told by the next process. */
  close(): Promise<void>;
}

/** Opens nothing and sends nothing until the first notice. */
export function openNotifier(parts: DispatcherParts): Notifier {
  const { store, channels, log, journal, now = Date.now, patience = PATIENCE } = parts;
  const by = randomUUID();
  const closing = new AbortController();
  const busy = new Map<string, Promise<void>>();
  const mine = scrubber(channels.flatMap(({ channel }) => channel.secrets));
  const scrub = (text: string) => parts.scrub(mine(text));
  const names = channels.map(({ channel }) => channel.name);

  const claimFor = (state: NotifyState, { channel, rules }: Told, idle = false) =>
    claim(state, rules, { by, each: channel.limit + 2000, now: now(), idle });

  async function take(notices: readonly Notice[]): Promise<void> {
    const work = await store.update((before) => {
      let state = notices.reduce((sum, notice) => absorb(sum, scrubbed(notice, scrub), now()), before);
      state = tidied(state, names, now());
      const claims = channels.map((each) => {
        const claimed = claimFor(state, each, notices.length === 0);
        state = claimed.state;
        return { each, messages: claimed.messages };
      });
      return { state, value: claims.filter(({ messages }) => messages.length > 0) };
    });
    for (const { each, messages } of work) {
      const { name } = each.channel;
      const done: Promise<void> = pump(each, messages)
        .catch(complain)
        .finally(() => {
          // By now a later notice may have started the next one.
          if (busy.get(name) === done) busy.delete(name);
        });
      busy.set(name, done);
    }
  }

  async function pump(told: Told, first: readonly Message[]): Promise<void> {
    let messages = first;
    while (messages.length > 0) messages = await deliverAll(told, messages);
  }

  /** Returns what came in meanwhile for this channel; nothing after a failure, which waits for a notice or a flush. */
  async function deliverAll(told: Told, messages: readonly Message[]): Promise<readonly Message[]> {
    for (const [index, message] of messages.entries()) {
      const delivery = await deliver(told, message);
      const last = !delivery.ok || index === messages.length - 1;
      const more = await store.update((before) => {
        const state = settle(before, told.channel.name, delivery, { by, last });
        if (!last || !delivery.ok || closing.signal.aborted) return { state, value: [] };
        const claimed = claimFor(state, told);
        return { state: claimed.state, value: claimed.messages };
      });
      await note(told.channel, delivery);
      if (last) return more;
    }
    return [];
  }

  async function deliver({ channel }: Told, message: Message): Promise<Delivery> {
    const outcome = await channel.deliver(message, closing.signal);
    if (outcome.ok) return { ok: true, message, at: now() };
    return { ok: false, message, at: now(), reason: scrub(outcome.reason), wait: outcome.wait };
  }

  async function note({ name, kind }: Channel, delivery: Delivery): Promise<void> {
    const { message, ok, at } = delivery;
    const { incident, kind: state } = message;
    if (!ok)
      log.warn({ channel: name, incident, reason: delivery.reason }, 'a notification could not be told');
    // A line in the log that says that a line is in the log helps nobody.
    if (kind === 'log') return;
    const event = {
      id: `notify/${randomUUID()}`,
      at: new Date(at).toISOString(),
      data: { channel: name, kind, incident, state },
    };
    await journal(ok ? { ...event, type: 'notify.sent' } : { ...event, type: 'notify.failed' }).catch(
      complain,
    );
  }

  function complain(error: unknown): void {
    log.warn({ reason: scrub(errorMessage(error)) }, 'notifications are in trouble');
  }

  async function run(notices: readonly Notice[]): Promise<void> {
    const told = take(notices)
      .catch(complain)
      .then(() => Promise.all(busy.values()));
    await atMost(patience, told);
  }

  return {
    notify: (notice) => run([notice]),
    flush: () => run([]),
    async close() {
      await atMost(patience, Promise.all(busy.values()));
      closing.abort();
      await Promise.all(busy.values());
    },
  };
}

function scrubbed(notice: Notice, scrub: (text: string) => string): Notice {
  return { ...notice, title: scrub(notice.title), text: scrub(notice.text) };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([work, timer]);
  enough.abort();
}

// One process's view of the core: notices in, messages out, deliveries that go well or not, a clock that is turned by hand.
import { absorb, tidied } from '../../../domain/notify/absorb.js';
import { claim, settle } from '../../../domain/notify/claim.js';
import type { Message } from '../../../domain/notify/message.js';
import type { Notice } from '../../../domain/notify/notice.js';
import { EMPTY, parseState, type NotifyState } from '../../../domain/notify/state.js';
import type { ChannelRules } from '../../../domain/notify/wants.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 10, 23, 10);

export const rulesOf = (name: string, more: Partial<ChannelRules> = {}): ChannelRules => ({
  name,
  minLevel: 'info',
  remindAfter: DAY,
  maxPerHour: 20,
  ...more,
});

export const raised = (incident: string, more: Partial<Notice> = {}): Notice => ({
  incident,
  state: 'raised',
  level: 'warning',
  title: `${incident} is ill`,
  text: 'look at it',
  ...more,
});

export const resolved = (incident: string): Notice =>
  raised(incident, { state: 'resolved', title: `${incident} is well`, text: 'all good' });

export interface World {
  state: NotifyState;
  now: number;
  /** All that was delivered, `channel kind incident`. */
  readonly heard: string[];
  readonly messages: Message[];
  /** Channels that fail at present. */
  readonly dead: Set<string>;
  /** Takes notices in, and delivers all that follows. */
  tell(...notices: readonly Notice[]): void;
  /** Nobody has news; it is only time to look. */
  look(): void;
}

export function openWorld(...channels: readonly ChannelRules[]): World {
  const names = channels.map(({ name }) => name);
  const world: World = {
    state: EMPTY,
    now: START,
    heard: [],
    messages: [],
    dead: new Set(),
    tell(...notices) {
      for (const notice of notices) world.state = absorb(world.state, notice, world.now);
      // As on the disk, at every step.
      world.state = parseState(JSON.stringify(tidied(world.state, names, world.now)));
      for (const rules of channels) deliverAll(rules, false);
    },
    look() {
      for (const rules of channels) deliverAll(rules, true);
    },
  };

  function deliverAll(rules: ChannelRules, idle: boolean): void {
    const { name } = rules;
    for (;;) {
      const claimed = claim(world.state, rules, { by: 'me', each: 1000, now: world.now, idle });
      world.state = claimed.state;
      for (const [index, message] of claimed.messages.entries()) {
        const ok = !world.dead.has(name);
        const last = !ok || index === claimed.messages.length - 1;
        const at = world.now;
        const delivery = ok
          ? ({ ok, message, at } as const)
          : ({ ok, message, at, reason: 'dead', wait: null } as const);
        world.state = settle(world.state, name, delivery, { by: 'me', last });
        if (!ok) return;
        world.heard.push(`${name} ${message.kind} ${message.incident}`);
        world.messages.push(message);
      }
      if (claimed.messages.length === 0) return;
    }
  }
  return world;
}

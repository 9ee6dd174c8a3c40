// `nxs notify list`: which channels there are, what is open, and how the last deliveries went. It reads and changes nothing.
import { readNotifyState } from '../adapters/notify/store.js';
import type { Config } from '../config/types.js';
import { channelOf } from '../domain/notify/state.js';
import type { NoticeLevel } from '../domain/notify/notice.js';
import { channelsOf } from './notify-channels.js';
import { notifyStatePath } from './notifications.js';

export interface NotifyView {
  readonly channels: readonly ChannelView[];
  readonly incidents: readonly IncidentView[];
}

/** Times are ISO 8601, UTC. */
export interface ChannelView {
  readonly name: string;
  readonly kind: string;
  readonly state: 'ready' | 'not_configured';
  readonly note: string | null;
  readonly min_level: NoticeLevel | null;
  readonly delivered: { readonly at: string; readonly incident: string } | null;
  /** The latest failure, as long as nothing was delivered after it. */
  readonly failed: {
    readonly at: string;
    readonly incident: string;
    readonly reason: string;
    readonly times: number;
  } | null;
  /** Messages that wait for the hourly limit. */
  readonly held: number;
}

export interface IncidentView {
  readonly incident: string;
  readonly level: NoticeLevel;
  readonly title: string;
  readonly text: string;
  readonly since: string;
  /** Who was told of it, and how often. */
  readonly told: readonly { readonly channel: string; readonly times: number; readonly at: string }[];
}

export async function readNotifications(config: Config): Promise<NotifyView> {
  const state = await readNotifyState(notifyStatePath(config.stateDir));
  const configured = channelsOf(config);
  const known = configured.map(({ name }) => channelOf(state, name));
  const channels = configured.map((each, index): ChannelView => {
    const { delivered, failed, held } = known[index] ?? channelOf(state, each.name);
    return {
      name: each.name,
      kind: each.kind,
      state: each.state,
      note: each.state === 'ready' ? null : each.note,
      min_level: each.state === 'ready' ? each.rules.minLevel : null,
      delivered: delivered === null ? null : { ...delivered, at: iso(delivered.at) },
      failed: failed === null ? null : { ...failed, at: iso(failed.at) },
      held: held.count,
    };
  });
  const open = state.incidents.filter((each) => each.state === 'raised');
  const incidents = open.map(({ incident, level, title, text, since }): IncidentView => {
    const told = known.flatMap(({ name, told: all }) =>
      all
        .filter((each) => each.incident === incident)
        .map(({ times, at }) => ({ channel: name, times, at: iso(at) })),
    );
    return { incident, level, title, text, since: iso(since), told };
  });
  return { channels, incidents };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

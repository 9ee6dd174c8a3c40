// `notify:` of nxs.yaml as the adapters take it. The log is always among the channels; one whose variable is not set is shown
// and left alone.
import type { ChannelSettings } from '../adapters/notify/settings.js';
import { channelNames, LOG_CHANNEL } from '../config/schemas/notify.js';
import type { Config, NxsConfig } from '../config/types.js';
import { unsetUnder } from '../config/unset.js';
import type { ChannelRules } from '../domain/notify/wants.js';

type Line = NxsConfig['notify'][number];

export type ConfiguredChannel =
  | {
      readonly state: 'ready';
      readonly name: string;
      /** `log`, `command`, `email`, or the format of a webhook. */
      readonly kind: string;
      readonly settings: ChannelSettings;
      readonly rules: ChannelRules;
    }
  | {
      readonly state: 'not_configured';
      readonly name: string;
      readonly kind: string;
      /** Why, in a few words. */
      readonly note: string;
    };

const DAY = 86_400_000;

/** Every channel, the log first unless it has a line of its own. */
export function channelsOf(config: Config): readonly ConfiguredChannel[] {
  const lines = config.nxs.notify;
  const names = channelNames(lines);
  const configured = lines.map((line, index) => channelOf(config, line, names[index] ?? line.type, index));
  return lines.some(({ type }) => type === 'log') ? configured : [implicitLog(), ...configured];
}

function implicitLog(): ConfiguredChannel {
  const name = LOG_CHANNEL;
  const rules = { name, minLevel: 'info', remindAfter: DAY, maxPerHour: null } as const;
  return { state: 'ready', name, kind: 'log', settings: { type: 'log', name }, rules };
}

function channelOf(config: Config, line: Line, name: string, index: number): ConfiguredChannel {
  const kind = line.type === 'webhook' ? line.format : line.type;
  const unset = unsetUnder(config, 'nxs', `notify[${index}]`);
  if (unset.length > 0)
    return { state: 'not_configured', name, kind, note: `${unset.join(', ')} is not set` };
  const rules: ChannelRules = {
    name,
    minLevel: line.min_level,
    remindAfter: line.remind_after,
    maxPerHour: line.type === 'log' ? null : line.max_per_hour,
  };
  return { state: 'ready', name, kind, settings: settingsOf(line, name), rules };
}

function settingsOf(line: Line, name: string): ChannelSettings {
  switch (line.type) {
    case 'log':
      return { type: 'log', name };
    case 'command':
      return { type: 'command', name, run: line.run, timeout: line.timeout };
    case 'webhook': {
      const { format, url, token = null, chat_id: chatId = null, topic = null, timeout } = line;
      return { type: 'webhook', name, format, url, token, chatId, topic, timeout };
    }
    case 'email': {
      const { host, port, user = null, password = null, from, to, timeout } = line;
      return { type: 'email', name, host, port, user, password, from, to, timeout };
    }
  }
}

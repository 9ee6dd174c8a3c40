// One channel of each kind, made of plain settings.
import type { SecureContext } from 'node:tls';
import type { Sender } from '../../domain/notify/message.js';
import type { Environment } from '../net/trust.js';
import type { Channel } from './channel.js';
import { commandChannel } from './command.js';
import { emailChannel } from './email.js';
import { logChannel, type NoticeLog } from './log.js';
import type { ChannelSettings } from './settings.js';
import { webhookChannel } from './webhook.js';

export interface ChannelParts {
  readonly sender: Sender;
  readonly log: NoticeLog;
  /** With proxies and authorities of the environment (adapters/net/fetch.ts). */
  readonly fetch: typeof globalThis.fetch;
  /** Authorities beyond Node's own; null: Node's default. */
  readonly trust: SecureContext | null;
  readonly env: Environment;
}

/** Connects to nothing yet. */
export function openChannel(settings: ChannelSettings, parts: ChannelParts): Channel {
  const { sender } = parts;
  switch (settings.type) {
    case 'log':
      return logChannel(settings.name, parts.log, sender);
    case 'command':
      return commandChannel(settings, sender, parts.env);
    case 'webhook':
      return webhookChannel(settings, parts);
    case 'email':
      return emailChannel(settings, parts);
  }
}

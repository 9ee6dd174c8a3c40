// Builds the notification capability from the config: for the worker, and for commands that try or show it.
import path from 'node:path';
import { openChannel } from '../adapters/notify/open-channel.js';
import { openNotifier, type Notifier, type Told } from '../adapters/notify/dispatcher.js';
import { openNotifyStore } from '../adapters/notify/store.js';
import { openNet } from '../adapters/net/fetch.js';
import { trustOf, type Environment } from '../adapters/net/trust.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import type { NewEvent } from '../domain/journal.js';
import type { Sender } from '../domain/notify/message.js';
import type { Logger } from './log.js';
import { channelsOf } from './notify-channels.js';

/** A server that accepts and says nothing is given up by its channel's own timeout long before this, ms. */
const SILENCE = 150_000;
/** Reminders, retries and what was held back are looked for so often, ms. */
const LOOK_EVERY = 60_000;

/** Where the state is kept. */
export function notifyStatePath(stateDir: string): string {
  return path.join(stateDir, 'notify.json');
}

export interface OpenChannels {
  readonly told: readonly Told[];
  readonly close: () => Promise<void>;
}

/** The channels that can be used. `log` gets what the log channel writes, and what could not be honoured. */
export function openChannels(
  config: Config,
  { log, env }: { readonly log: Pick<Logger, 'info' | 'warn'>; readonly env: Environment },
): OpenChannels {
  const net = openNet({ env, silence: SILENCE });
  for (const problem of net.problems) log.warn({ problem }, 'the environment could not be honoured');
  const trust = trustOf(env, () => undefined);
  const parts = { sender: senderOf(config), log, fetch: net.fetch, trust, env };
  const told = channelsOf(config).flatMap((each) =>
    each.state === 'ready' ? [{ channel: openChannel(each.settings, parts), rules: each.rules }] : [],
  );
  return { told, close: () => net.close() };
}

/** What a capability tells people with: `notify` never throws, and never holds a job up for more than a moment. */
export function openNotifications(
  config: Config,
  parts: {
    readonly log: Logger;
    readonly env: Environment;
    readonly journal: (event: NewEvent) => Promise<void>;
  },
): Notifier {
  const { log, env, journal } = parts;
  const secrets = secretsOf(config);
  const { told, close } = openChannels(config, { log, env });
  const store = openNotifyStore(notifyStatePath(config.stateDir), (problem) =>
    log.warn({ problem }, 'the state of notifications could not be kept'),
  );
  const scrub = (text: string) => redactText(text, secrets);
  const notifier = openNotifier({ store, channels: told, log, journal, scrub });
  for (const each of channelsOf(config)) {
    if (each.state === 'not_configured')
      log.warn({ channel: each.name, reason: each.note }, 'a notification channel is not configured');
  }
  const looking = setInterval(() => void notifier.flush(), LOOK_EVERY);
  looking.unref();
  return {
    ...notifier,
    async close() {
      clearInterval(looking);
      await notifier.close();
      await close();
    },
  };
}

/** Node and link that messages carry. */
function senderOf({ node, nxs }: Config): Sender {
  const url = nxs.http.public_url;
  return { node, link: url === undefined ? null : new URL(url).href };
}

// `nxs notify test`: a marked message through the real channels, from this process, so that it works when nothing runs. It is
// told past limits and memory, and leaves no state: a person looks.
import { scrubber } from '../adapters/notify/secrets.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import { didYouMean } from '../config/report/suggest.js';
import { NxsError } from '../domain/errors.js';
import { testMessage } from '../domain/notify/message.js';
import { openLogger } from './log.js';
import { channelsOf } from './notify-channels.js';
import { openChannels } from './notifications.js';

export interface Tried {
  readonly name: string;
  readonly kind: string;
  readonly result: 'ok' | 'failed' | 'not_configured';
  /** What went wrong and what to look at; null when it went well. */
  readonly reason: string | null;
  readonly ms: number;
}

export interface TestRequest {
  /** One channel; null: all. */
  readonly only: string | null;
  readonly env: NodeJS.ProcessEnv;
  /** Told of each channel as it is known. */
  readonly onTried: (tried: Tried) => void;
}

/** Tries all at the same time. Throws NxsError USAGE for a name that no channel has. */
export async function testChannels(
  config: Config,
  { only, env, onTried }: TestRequest,
): Promise<readonly Tried[]> {
  const all = channelsOf(config);
  const names = all.map(({ name }) => name);
  if (only !== null && !names.includes(only)) {
    const hint = didYouMean(only, names);
    const known = `the channels are ${names.join(', ')}`;
    throw new NxsError('USAGE', `There is no channel "${only.slice(0, 80)}"${hint}; ${known}.`);
  }
  const log = openLogger(config, 'notify-test', 'worker');
  const channels = openChannels(config, { log, env });
  const message = testMessage(Date.now());
  const secrets = secretsOf(config);
  try {
    const wanted = all.filter(({ name }) => only === null || name === only);
    const tries = wanted.map(async (each): Promise<Tried> => {
      const { name, kind } = each;
      const channel = channels.told.find((told) => told.channel.name === name)?.channel;
      if (each.state === 'not_configured' || channel === undefined) {
        const reason = each.state === 'not_configured' ? each.note : null;
        return told(onTried, { name, kind, result: 'not_configured', reason, ms: 0 });
      }
      const began = performance.now();
      const outcome = await channel.deliver(message, new AbortController().signal);
      const ms = Math.round(performance.now() - began);
      if (outcome.ok) return told(onTried, { name, kind, result: 'ok', reason: null, ms });
      const reason = redactText(scrubber(channel.secrets)(outcome.reason), secrets);
      return told(onTried, { name, kind, result: 'failed', reason, ms });
    });
    return await Promise.all(tries);
  } finally {
    await channels.close();
  }
}

function told(onTried: (tried: Tried) => void, tried: Tried): Tried {
  onTried(tried);
  return tried;
}

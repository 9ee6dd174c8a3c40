// Where people are told. A channel that fails never fails the job; a channel that cannot work is refused here.
import * as z from 'zod';
import { duration } from './duration.js';
import { secret, secretUrl } from './secret.js';
import { argv, port, text } from './text.js';

const channelName = text()
  .optional()
  .describe('Name of the channel in logs; default: its type and place in the list.');

const common = {
  name: channelName,
  min_level: z
    .enum(['info', 'warning', 'critical'])
    .default('info')
    .describe('Only trouble of this level or above is told here.'),
  remind_after: duration({ min: '1m', max: '7d' })
    .prefault('24h')
    .describe('Trouble that is still there is told again after this time.'),
};

const max_per_hour = z
  .int()
  .min(1)
  .max(1000)
  .default(20)
  .describe('Messages in an hour at most; what is more comes later, as one summary.');

const log = z.strictObject({
  type: z
    .literal('log')
    .describe('Write notifications into the log; it is always there, also without this line.'),
  ...common,
});

const command = z.strictObject({
  type: z.literal('command').describe('Run a command; the notification comes as JSON on its standard input.'),
  ...common,
  max_per_hour,
  run: argv().describe('The command as a list of words, run without a shell.'),
  timeout: duration({ max: '2m' }).prefault('30s').describe('Ended after this time.'),
});

const webhook = z.strictObject({
  type: z.literal('webhook').describe('POST to a URL.'),
  ...common,
  max_per_hour,
  format: z
    .enum(['json', 'slack', 'discord', 'ntfy', 'telegram'])
    .default('json')
    .describe('Shape of the body: plain JSON, or what the named service takes.'),
  url: secretUrl().describe('Where to POST; treated as a secret as a whole.'),
  token: secret()
    .optional()
    .describe(
      'Sent as `Authorization: Bearer` (ntfy, json); for telegram the bot token, when `url` does not hold it.',
    ),
  topic: text()
    .optional()
    .describe('Topic to publish to (ntfy only); left out: the last part of `url` is the topic.'),
  chat_id: text().optional().describe('Chat to write to (telegram only).'),
  timeout: duration({ max: '2m' }).prefault('10s').describe('Given up after this time.'),
});

const email = z.strictObject({
  type: z.literal('email').describe('Send e-mail over SMTP.'),
  ...common,
  max_per_hour,
  host: text().describe('SMTP server.'),
  port: port()
    .default(587)
    .describe(
      'SMTP port; 465 means TLS from the first byte, others use STARTTLS, a must beyond this machine.',
    ),
  user: text().optional().describe('SMTP user.'),
  password: secret().optional().describe('SMTP password.'),
  from: text().describe('Sender address.'),
  to: z.array(text()).min(1, { error: 'expected at least one address' }).describe('Receiver addresses.'),
  timeout: duration({ max: '2m' }).prefault('15s').describe('Given up after this time.'),
});

const channel = z.discriminatedUnion('type', [log, command, webhook, email]).superRefine((value, context) => {
  const refuse = (key: string, message: string) => {
    context.addIssue({ code: 'custom', path: [key], message });
  };
  if (value.type === 'email' && value.user === undefined && value.password !== undefined) {
    refuse('password', 'has no effect without `user`');
  }
  if (value.type !== 'webhook') return;
  const { format, chat_id: chat, topic } = value;
  if (format === 'telegram' && chat === undefined) refuse('chat_id', 'is required with format: telegram');
  if (format !== 'telegram' && chat !== undefined)
    refuse('chat_id', 'has no effect unless format is telegram');
  if (format !== 'ntfy' && topic !== undefined) refuse('topic', 'has no effect unless format is ntfy');
});

/** The notification channels; no two have the same name. */
export const notifySchema = z.array(channel).superRefine((channels, context) => {
  const names = channelNames(channels);
  const taken = new Set(channels.some(({ type }) => type === 'log') ? [] : [LOG_CHANNEL]);
  names.forEach((name, index) => {
    if (taken.has(name)) {
      const message = `"${name}" is the name of another channel; give this one its own`;
      context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
    taken.add(name);
  });
});

/** The channel that is there without being configured. */
export const LOG_CHANNEL = 'log';

/** The names that channels go by, in the order of the list: their own, else for example `webhook-1`. */
export function channelNames(
  channels: readonly { readonly type: string; readonly name?: string | undefined }[],
): readonly string[] {
  return channels.map(({ type, name }, index) => name ?? `${type}-${index + 1}`);
}

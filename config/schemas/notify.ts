// Where people are told. A channel that fails never fails the job; a channel that cannot work is refused here.
import * as z from 'zod';
import { duration } from './duration.js';
import { secret, secretUrl } from './secret.js';
import { argv, port, text } from './text.js';

const channelName = text()
  .optional()
  .describe('Name of the channel in logs; default: its type and place in the list.');

const log = z.strictObject({
  type: z.literal('log').describe('Write notifications into the log.'),
  name: channelName,
});

const command = z.strictObject({
  type: z.literal('command').describe('Run a command; the notification comes as JSON on its standard input.'),
  name: channelName,
  run: argv().describe('The command as a list of words, run without a shell.'),
  timeout: duration().prefault('30s').describe('Ended after this time.'),
});

const webhook = z.strictObject({
  type: z.literal('webhook').describe('POST to a URL.'),
  name: channelName,
  format: z
    .enum(['json', 'slack', 'discord', 'ntfy', 'telegram'])
    .default('json')
    .describe('Shape of the body: plain JSON, or what the named service takes.'),
  url: secretUrl().describe('Where to POST; treated as a secret as a whole.'),
  token: secret().optional().describe('Sent as `Authorization: Bearer` (ntfy, generic).'),
  chat_id: text().optional().describe('Chat to write to (telegram only).'),
  timeout: duration().prefault('10s').describe('Given up after this time.'),
});

const email = z.strictObject({
  type: z.literal('email').describe('Send e-mail over SMTP.'),
  name: channelName,
  host: text().describe('SMTP server.'),
  port: port().default(587).describe('SMTP port; 465 means TLS from the first byte, others use STARTTLS.'),
  user: text().optional().describe('SMTP user.'),
  password: secret().optional().describe('SMTP password.'),
  from: text().describe('Sender address.'),
  to: z.array(text()).min(1, { error: 'expected at least one address' }).describe('Receiver addresses.'),
});

/** One notification channel. */
export const notifySchema = z
  .discriminatedUnion('type', [log, command, webhook, email])
  .superRefine((channel, context) => {
    if (channel.type !== 'webhook') return;
    if (channel.format === 'telegram' && channel.chat_id === undefined) {
      context.addIssue({ code: 'custom', path: ['chat_id'], message: 'is required with format: telegram' });
    }
    if (channel.format !== 'telegram' && channel.chat_id !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['chat_id'],
        message: 'has no effect unless format is telegram',
      });
    }
  });

// Slack's incoming webhooks, and those of Mattermost and Rocket.Chat which take the same.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
import { bodyText, headline } from '../../../domain/notify/message.js';
import { clip } from '../../../domain/notify/text.js';
import { jsonRequest, type Format } from './request.js';

/** Slack shows 4,000 characters well and cuts at 40,000; each `&` may become five. */
const LONGEST = 3500;

export const slack: Format = (message, sender, { url }) => {
  const text = clip(`${headline(message, sender)}\n${bodyText(message, sender)}`, LONGEST);
  return jsonRequest(url, { text: escaped(text), mrkdwn: false });
};

// The three characters that Slack wants escaped; without it `<!channel>` in a file name would ring everybody's phone.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

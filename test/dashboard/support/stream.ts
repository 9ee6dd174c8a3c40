// Reads a stream of server-sent events.
import { request } from 'node:http';

export interface Stream {
  readonly status: number;
  readonly type: string;
  readonly frames: readonly { readonly at: string; readonly id?: string; readonly html?: string }[];
  /** The server has ended it. */
  readonly over: boolean;
  end(): void;
}

export async function openStream(url: string): Promise<Stream> {
  const frames: Stream['frames'][number][] = [];
  let text = '';
  let over = false;
  const sent = request(url, { agent: false });
  sent.on('error', () => (over = true)).end();
  return new Promise((resolve) => {
    sent.on('response', (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        const events = (text + part).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events)
          if (event.startsWith('data: ')) frames.push(JSON.parse(event.slice(6)) as (typeof frames)[number]);
      });
      answer.on('close', () => (over = true)).on('error', () => (over = true));
      resolve({
        status: answer.statusCode ?? 0,
        type: answer.headers['content-type'] ?? '',
        frames,
        get over() {
          return over;
        },
        end: () => sent.destroy(),
      });
    });
  });
}

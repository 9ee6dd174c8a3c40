import { NxsError } from '../../domain/errors.js';
import { flag, textArgument, textOption, type Command, type Invocation } from '../definition.js';

export const ask: Command = {
  name: 'ask',
  summary: 'ask the LLM, through the durable lane unless --direct; exit 1 when no provider answers',
  details:
    'A durable question is a workflow: it survives a crash of the worker, and the Temporal web UI shows it attempt by ' +
    'attempt. With --direct the answer is shown as it comes. The answer goes to stdout, who gave it to stderr.',
  args: [{ name: '<prompt>', summary: 'the question; - reads it from stdin' }],
  options: [
    { flags: '--direct', summary: 'in memory, without Temporal, streamed' },
    { flags: '--provider <name>', summary: 'only this provider may answer' },
    { flags: '--system <text>', summary: 'the system prompt' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { postToGateway, failure } = await import('../gateway-post.js');
    const { refusal, streamedAnswer, wholeAnswer } = await import('../answer.js');
    const { labelsOf, linkOf, toldText } = await import('../answer-labels.js');
    const config = await loadFor(context);
    const direct = flag(invocation, 'direct');
    const stream = direct && !context.json;
    const body = { model: 'auto', messages: await messagesOf(invocation), stream };
    const provider = textOption(invocation, 'provider');
    const headers = {
      'x-nxs-durable': String(!direct),
      ...(provider === undefined ? {} : { 'x-nxs-provider': headerText(provider) }),
    };
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    const began = performance.now();
    let written = '';
    try {
      context.progress(direct ? 'asking' : 'asking, durably');
      const path = '/v1/chat/completions';
      const response = await postToGateway(config, path, { headers, body, signal: stop.signal });
      if (response.statusCode !== 200) throw await refusal(response);
      const answer = stream
        ? await streamedAnswer(response, (text) => {
            if (written === '') context.progress(null);
            written += text;
            context.write(text);
          })
        : await wholeAnswer(response);
      context.progress(null);
      const labels = labelsOf(response.headers);
      const link = await linkOf(config, labels.workflow_id);
      const told = { ...labels, link, ms: Math.round(performance.now() - began) };
      const { text, ...more } = answer;
      if (context.json) context.out(JSON.stringify({ answer: text, ...more, ...told }));
      else {
        if (!stream) context.write(text);
        if (!text.endsWith('\n')) context.write('\n');
        context.note(toldText(answer.model, told));
      }
      return 0;
    } catch (error) {
      context.progress(null);
      if (written !== '' && !written.endsWith('\n')) context.write('\n');
      if (stop.signal.aborted && !direct)
        context.note('what was accepted goes on: the Temporal web UI shows it');
      throw error instanceof NxsError ? error : failure(config, error, stop.signal);
    } finally {
      process.off('SIGINT', interrupt);
    }
  },
};

interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

async function messagesOf(invocation: Invocation): Promise<readonly Message[]> {
  const given = textArgument(invocation, 0) ?? '';
  const prompt = given === '-' ? await standardInput() : given;
  if (prompt.trim() === '') throw new NxsError('USAGE', 'The prompt is empty.');
  const system = textOption(invocation, 'system');
  const user = { role: 'user', content: prompt } as const;
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}

async function standardInput(): Promise<string> {
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const piece of process.stdin) text += String(piece);
  return text;
}

/** Header values are bytes of ASCII; what else a person types is no provider's name. */
function headerText(name: string): string {
  if (/^[\x20-\x7e]+$/.test(name)) return name;
  throw new NxsError('USAGE', 'There is no such provider; `nxs provider list` names them.');
}

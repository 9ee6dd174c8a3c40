// What came back from the gateway: whole, or piece by piece.
import type { IncomingMessage } from 'node:http';
import { NxsError } from '../domain/errors.js';
import { recordOf, recordsOf, type Json } from '../domain/openai/record.js';
import { createSseParser } from '../domain/openai/sse.js';
import { labelsOf } from './answer-labels.js';
import { printable } from './printable.js';

export interface Answer {
  readonly text: string;
  /** As the provider names it. */
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly usage: Json | null;
}

/** An answer that came as one document. Throws NxsError NO_PROVIDER_ANSWERED when it is none. */
export async function wholeAnswer(response: IncomingMessage): Promise<Answer> {
  const json = await jsonOf(response);
  const choice = recordsOf(json?.['choices'])[0];
  if (json === null || choice === undefined)
    throw new NxsError('NO_PROVIDER_ANSWERED', 'The gateway sent something that is no answer.');
  return {
    text: textOf(recordOf(choice['message'])?.['content']) ?? '',
    model: textOf(json['model']),
    finish_reason: textOf(choice['finish_reason']),
    usage: recordOf(json['usage']),
  };
}

/** A streamed answer; `onText` hears each piece. Throws NxsError NO_PROVIDER_ANSWERED when it broke off. */
export async function streamedAnswer(
  response: IncomingMessage,
  onText: (text: string) => void,
): Promise<Answer> {
  let [text, broken] = ['', null as string | null];
  let [model, finish, usage] = [null as string | null, null as string | null, null as Json | null];
  const parser = createSseParser(
    (event) => {
      if (event.kind === 'error') broken ??= errorText(event.json) ?? 'the stream broke off';
      if (event.kind !== 'chunk') return;
      model = textOf(event.json?.['model']) ?? model;
      finish = textOf(recordsOf(event.json?.['choices'])[0]?.['finish_reason']) ?? finish;
      usage = recordOf(event.json?.['usage']) ?? usage;
      if (event.text === '') return;
      text += event.text;
      onText(event.text);
    },
    (why) => (broken ??= why),
  );
  response.setEncoding('utf8');
  for await (const piece of response) parser.push(String(piece));
  parser.end();
  if (broken === null && finish !== null) return { text, model, finish_reason: finish, usage };
  throw new NxsError(
    'NO_PROVIDER_ANSWERED',
    broken ?? 'The answer is incomplete: it ended without a finish.',
  );
}

/** The error for an answer with another status than 200. */
export async function refusal(response: IncomingMessage): Promise<NxsError> {
  const status = response.statusCode ?? 0;
  const json = await jsonOf(response);
  const code = textOf(recordOf(json?.['error'])?.['code']);
  const said = errorText(json) ?? `The gateway answered with status ${status}.`;
  const details = { status, code, attempts: labelsOf(response.headers).attempts };
  if (code === 'invalid_api_key') return new NxsError('CONFIG_INVALID', said, details);
  if (code === 'unknown_provider') return new NxsError('USAGE', said, details);
  if (code === 'durable_lane_unavailable')
    return new NxsError('TEMPORAL_UNREACHABLE', `${said} (--direct asks without Temporal.)`, details);
  return new NxsError('NO_PROVIDER_ANSWERED', said, details);
}

async function jsonOf(response: IncomingMessage): Promise<Json | null> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) text += String(piece);
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function errorText(json: Json | null): string | null {
  const said = textOf(recordOf(json?.['error'])?.['message']);
  return said === null ? null : printable(said);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

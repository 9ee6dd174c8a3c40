// From an HTTP request to what the engine needs. Whatever is wrong with it gets one OpenAI-shaped sentence, and no provider
// is called.
import type { IncomingMessage } from 'node:http';
import type { Capability } from '../../domain/failover/provider.js';
import type { RequestFacts, RequestKind } from '../../domain/failover/request.js';
import { isTooDeep } from '../../domain/openai/depth.js';

/** Largest request body: pictures travel in it as base64. */
export const MAX_BODY = 32 * 1024 * 1024;

export interface ClientRequest {
  readonly facts: RequestFacts;
  readonly body: Readonly<Record<string, unknown>>;
  readonly wantsUsage: boolean;
  /** ms that the client itself gives the call; null: no limit of its own. */
  readonly timeout: number | null;
  readonly durable: boolean | null;
  readonly key: string | null;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Bytes of the body, or a refusal when it is too long. Rejects only when the client goes away. */
export function readBody(request: IncomingMessage, limit = MAX_BODY): Promise<Buffer | Refusal> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        request.pause();
        resolve({
          status: 413,
          code: 'request_too_large',
          message: `The request is larger than ${String(limit)} bytes.`,
        });
      }
    });
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on('error', reject);
    // It comes after every request: an error with its stack is made only when it means something.
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client has gone'));
    });
  });
}

/** Understands a request, as far as failover needs it. */
export function understand(
  kind: RequestKind,
  raw: Buffer,
  headers: IncomingMessage['headers'],
  whyNot: (provider: string) => string | null,
): ClientRequest | Refusal {
  const body = parsed(raw);
  if (body === null)
    return bad('invalid_json', 'The request body is not a JSON object, or one that nests too deeply.');
  const wrong = missing(kind, body);
  if (wrong !== null) return bad('invalid_request', wrong);
  const { model } = body;
  if (model !== undefined && typeof model !== 'string')
    return bad('invalid_request', '`model` must be a string.');
  if (body['stream'] !== undefined && body['stream'] !== null && typeof body['stream'] !== 'boolean')
    return bad('invalid_request', '`stream` must be true or false.');
  const only = header(headers, 'x-nxs-provider');
  const unusable = only === null ? null : whyNot(only);
  if (unusable !== null)
    return bad('unknown_provider', `The header x-nxs-provider names "${printable(only ?? '')}": ${unusable}`);
  const privacy = header(headers, 'x-nxs-privacy');
  if (privacy !== null && privacy !== 'local')
    return bad('invalid_request', 'The header x-nxs-privacy knows one value: local.');
  const durable = header(headers, 'x-nxs-durable');
  if (durable !== null && durable !== 'true' && durable !== 'false')
    return bad('invalid_request', 'The header x-nxs-durable is true or false.');
  const limit = header(headers, 'x-nxs-timeout');
  if (limit !== null && seconds(limit) === null)
    return bad('invalid_request', 'The header x-nxs-timeout is a number of seconds above 0.');
  const stream = kind !== 'embeddings' && body['stream'] === true;
  const options = body['stream_options'];
  return {
    body,
    wantsUsage: isRecord(options) && options['include_usage'] === true,
    timeout: seconds(limit ?? header(headers, 'x-stainless-timeout')),
    durable: durable === null ? null : durable === 'true',
    key: header(headers, 'idempotency-key'),
    facts: {
      kind,
      stream,
      needs: needsOf(body),
      model: model === undefined || model === '' || model === 'auto' ? null : model,
      only,
      localOnly: privacy === 'local',
      promptTokens: Math.ceil(raw.length / 4),
    },
  };
}

function parsed(raw: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const text = raw.toString('utf8');
    if (isTooDeep(text)) return null;
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function missing(kind: RequestKind, body: Readonly<Record<string, unknown>>): string | null {
  if (kind === 'chat' && !Array.isArray(body['messages'])) return '`messages` must be an array.';
  if (kind === 'completions' && body['prompt'] === undefined) return '`prompt` is missing.';
  if (kind === 'embeddings' && body['input'] === undefined) return '`input` is missing.';
  return null;
}

function needsOf(body: Readonly<Record<string, unknown>>): readonly Capability[] {
  const needs: Capability[] = [];
  const { tools, functions, messages, response_format: format } = body;
  if ((Array.isArray(tools) && tools.length > 0) || Array.isArray(functions)) needs.push('tools');
  if (isRecord(format) && format['type'] !== 'text') needs.push('json');
  if (Array.isArray(messages) && messages.some(hasPicture)) needs.push('vision');
  return needs;
}

function hasPicture(message: unknown): boolean {
  const content = isRecord(message) ? message['content'] : null;
  return Array.isArray(content) && content.some((part) => isRecord(part) && part['type'] === 'image_url');
}

function bad(code: string, message: string): Refusal {
  return { status: 400, code, message };
}

function header(headers: IncomingMessage['headers'], name: string): string | null {
  const value = headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function seconds(text: string | null): number | null {
  const value = Number(text);
  return text === null || !Number.isFinite(value) || value <= 0 ? null : value * 1000;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

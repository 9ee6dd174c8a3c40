// One POST to one provider. Whatever a provider can do wrong ends here as exactly one fault, and nothing of an
// answer that is not whole can look whole afterwards.
import { StringDecoder } from 'node:string_decoder';
import { createSseParser, type SseParser } from '../../domain/openai/sse.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import {
  errorEnd,
  faultEnd,
  innerErrorEnd,
  LARGEST_ANSWER,
  LARGEST_ERROR,
  LARGEST_STREAM,
  plainEnd,
  systemObservation,
} from './answer.js';
import type { Attempt, AttemptEnd, AttemptHandlers, AttemptRequest } from './attempt-types.js';
import type { Endpoint } from './endpoint.js';
import { Exchange, type ExchangeEvents } from './exchange.js';
import { headerOf, headerValues } from './headers.js';
import { Progress } from './progress.js';
import { serializeBody, wantedChoices } from './request-body.js';
import { withoutKey } from './scrub.js';
import { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** Wait for usage, `[DONE]` and the end after the last finish_reason, ms. */
const LAST_WORDS = 2_000;
/** Time for the body of an error answer, ms. */
const ERROR_BODY = 2_000;
/** Time that a stream gets to end by itself after `[DONE]`, so that its connection can be used again, ms. */
const DRAIN = 1_000;

/**
 * Starts a POST. `onEnd` is told once, never before this has returned (it may be told inside `abort`), and nothing
 * comes after it. An `error` event inside a stream is not handed on: it is the end, with the provider's words in
 * `response`; nor is a `[DONE]` that no finish_reason stands before. Repeats itself at once, and only before a byte
 * of an answer: over a new connection when a used one had died under us, without `stream_options` when
 * those were refused.
 */
export function startAttempt(
  wire: Wire,
  endpoint: Endpoint,
  request: AttemptRequest,
  handlers: AttemptHandlers,
): Attempt {
  const attempt = new RunningAttempt(wire, endpoint, request, handlers);
  attempt.begin();
  return attempt;
}

/** unknown: a good answer of no named type; drain: told, the rest is read so that the connection can serve again. */
type Phase = 'waiting' | 'unknown' | 'stream' | 'whole' | 'error' | 'drain' | 'over';

class RunningAttempt implements Attempt, ExchangeEvents {
  private phase: Phase = 'waiting';
  private starting = true;
  private retried = false;
  private lastWords = false;
  private paused = false;
  private askedUsage = false;
  private exchange: Exchange;
  private status = 0;
  private headers: readonly Buffer[] = [];
  private chunks: Buffer[] = [];
  private size = 0;
  private parser: SseParser | null = null;
  private decoder: StringDecoder | null = null;
  private readonly progress: Progress;
  private readonly silence: Silence;
  private readonly wire: Wire;
  private readonly endpoint: Endpoint;
  private readonly request: AttemptRequest;
  private readonly handlers: AttemptHandlers;

  constructor(wire: Wire, endpoint: Endpoint, request: AttemptRequest, handlers: AttemptHandlers) {
    this.wire = wire;
    this.endpoint = endpoint;
    this.request = request;
    this.handlers = handlers;
    this.progress = new Progress(wantedChoices(request.body));
    this.silence = new Silence(request.firstByte, this.onSilent);
    this.exchange = new Exchange(this);
  }

  begin(): void {
    this.send(false);
    this.starting = false;
  }

  abort(): void {
    this.finish({ kind: 'aborted' });
  }

  pause(): void {
    if (this.phase === 'over' || this.phase === 'drain') return;
    this.paused = true;
    this.exchange.pause();
    this.silence.hold();
  }

  resume(): void {
    if (!this.paused || this.phase === 'over') return;
    this.paused = false;
    this.silence.release();
    this.exchange.resume();
  }

  onHead(status: number, headers: readonly Buffer[]): void {
    this.status = status;
    this.headers = headers;
    if (status >= 400) {
      this.phase = 'error';
      this.silence.restart(ERROR_BODY);
      return;
    }
    const type = headerOf(headers, 'content-type').toLowerCase();
    const streams = type.includes('event-stream');
    if (status >= 300) this.fail('malformed', 'a redirect');
    else if (type.includes('html')) this.fail('malformed', 'an HTML page');
    else if (streams && this.request.form === 'plain')
      this.fail('malformed', 'a stream that nobody asked for');
    else {
      this.phase = 'whole';
      if (streams) this.openStream();
      else if (this.request.form === 'stream' && !type.includes('json')) this.phase = 'unknown';
      this.handlers.onHeaders?.();
    }
  }

  onChunk(chunk: Buffer): void {
    if (this.phase === 'unknown') this.recognise(chunk);
    if (this.phase === 'stream') {
      this.size += chunk.length;
      if (this.size > LARGEST_STREAM) this.malformed('the answer is too large');
      else this.parser?.push(this.decoder?.write(chunk) ?? '');
    } else if (this.phase === 'whole' || this.phase === 'error') this.collect(chunk);
  }

  onFinish(): void {
    if (this.phase === 'whole' || this.phase === 'unknown') this.finish(this.plain());
    else if (this.phase === 'error') this.refuse();
    else if (this.phase === 'stream') {
      this.parser?.push(this.decoder?.end() ?? '');
      this.parser?.end();
      this.endStream();
    }
    this.silence.stop();
  }

  onBroken(error: Error, reused: boolean): void {
    const observation = systemObservation(error);
    if (this.phase === 'waiting' && reused && !this.retried && observation.fault === 'reset') {
      this.retried = true;
      this.send(true);
      return;
    }
    if (this.phase === 'error') this.refuse();
    else if (this.phase === 'stream' && this.progress.settled) this.complete(false);
    else {
      const late = this.phase === 'whole' || this.progress.hasContent;
      const fault = late && observation.fault === 'reset' ? 'truncated' : observation.fault;
      this.finish({ kind: 'fault', observation: { ...observation, fault }, response: null });
    }
    this.silence.stop();
  }

  private openStream(): void {
    this.phase = 'stream';
    this.decoder = new StringDecoder('utf8');
    this.parser = createSseParser(this.onEvent, (why) => this.malformed(why));
  }

  // Some servers stream without saying so (a FastAPI StreamingResponse has no type of its own): the first letter tells.
  private recognise(chunk: Buffer): void {
    const first = chunk.find((byte) => byte > 0x20);
    if (first === undefined) return;
    if (first === 0x7b || first === 0x5b || first === 0x3c) this.phase = 'whole';
    else this.openStream();
  }

  // After the last finish_reason nothing can spoil the answer any more.
  private malformed(why: string): void {
    if (this.progress.settled) this.complete(false);
    else this.fail('malformed', why);
  }

  private send(fresh: boolean): void {
    this.askedUsage =
      this.request.form === 'stream' && !this.wire.withoutStreamOptions.has(this.endpoint.baseUrl);
    const body = serializeBody(this.request, this.askedUsage);
    this.exchange = new Exchange(this);
    if (this.paused) this.exchange.pause();
    this.phase = 'waiting';
    const { path, traceparent } = this.request;
    const trace = traceparent === undefined ? {} : { headers: ['traceparent', traceparent] };
    this.exchange.begin(this.wire, this.endpoint, { method: 'POST', path, body, fresh, ...trace });
  }

  private readonly onEvent = (event: StreamEvent): void => {
    if (this.phase !== 'stream') return;
    if (event.kind === 'comment') {
      this.handlers.onEvent(event);
    } else if (event.kind === 'error') {
      if (this.progress.settled) this.complete(false);
      else this.finish(innerErrorEnd(event.json ?? {}, headerValues(this.headers), Date.now()));
    } else if (event.kind === 'done') {
      if (this.progress.whole) {
        this.handlers.onEvent(event);
        this.complete(true);
      } else this.fail('truncated', '[DONE] without a finish_reason');
    } else {
      this.heard(event);
      this.handlers.onEvent(event);
    }
  };

  private heard(event: StreamEvent): void {
    const before = this.progress.hasContent;
    this.progress.add(event);
    const settled = this.progress.settled;
    if (settled !== this.lastWords) {
      this.lastWords = settled;
      this.silence.restart(settled ? LAST_WORDS : this.request.idle);
    } else if (settled) {
      return;
    } else if (before) this.silence.touch();
    else if (this.progress.hasContent) this.silence.restart(this.request.idle);
  }

  private readonly onSilent = (): void => {
    if (this.phase === 'error') this.refuse();
    else if (this.phase === 'drain') this.exchange.abort();
    else if (this.phase === 'stream' && this.progress.settled) this.complete(false);
    else if (this.progress.hasContent) this.fail('stall', `silent for ${this.request.idle} ms`);
    else this.fail('no_first_byte', `nothing for ${this.request.firstByte} ms`);
  };

  private collect(chunk: Buffer): void {
    this.size += chunk.length;
    this.chunks.push(chunk);
    if (this.phase === 'whole' && this.size > LARGEST_ANSWER)
      this.fail('malformed', 'the answer is too large');
    else if (this.phase === 'error' && this.size >= LARGEST_ERROR) this.refuse();
  }

  private plain(): AttemptEnd {
    return plainEnd(this.request.path, this.status, headerValues(this.headers), this.take(), Date.now());
  }

  // The error answer, as far as it came.
  private refuse(): void {
    const end = errorEnd(this.status, headerValues(this.headers), this.take(), Date.now());
    if (this.askedUsage && end.observation.fault === 'unsupported' && namesStreamOptions(end)) {
      this.wire.withoutStreamOptions.add(this.endpoint.baseUrl);
      this.exchange.abort();
      this.silence.restart(this.request.firstByte);
      this.send(false);
    } else this.finish(end);
  }

  private take(): Buffer {
    const body = Buffer.concat(this.chunks);
    this.chunks = [];
    this.size = 0;
    return body;
  }

  private endStream(): void {
    if (this.phase !== 'stream') return;
    if (this.progress.settled) this.complete(false);
    else this.fail('truncated', 'the stream ended without a finish_reason');
  }

  private complete(sawDone: boolean): void {
    this.finish({ kind: 'complete', answer: null, sawDone }, sawDone && !this.paused);
  }

  private fail(fault: Parameters<typeof faultEnd>[0], detail: string): void {
    this.finish(faultEnd(fault, detail, this.status === 0 ? null : this.status));
  }

  private finish(told: AttemptEnd, drain = false): void {
    if (this.phase === 'over' || this.phase === 'drain') return;
    const end = withoutKey(told, this.endpoint.apiKey);
    this.phase = drain ? 'drain' : 'over';
    if (drain) this.silence.restart(DRAIN);
    else {
      this.silence.stop();
      this.exchange.abort();
    }
    if (this.starting) queueMicrotask(() => this.handlers.onEnd(end));
    else this.handlers.onEnd(end);
  }
}

function namesStreamOptions(end: Extract<AttemptEnd, { kind: 'fault' }>): boolean {
  return /stream_options|include_usage/.test(
    end.observation.detail + JSON.stringify(end.response?.json ?? null),
  );
}

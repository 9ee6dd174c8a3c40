// Server-sent events (WHATWG HTML, 9.2.6), cut anywhere by the network. On the hot path of every stream: each event costs one
// slice and one JSON.parse. What is no JSON never reaches a client: the first broken event ends the parsing.
import { classifyData, emptyEvent } from './classify-event.js';
import type { StreamEvent } from './stream-event.js';

/** No event of a sane provider comes near this; without a bound one could fill our memory. In UTF-16 code units. */
export const MAX_EVENT = 1_048_576;

export interface SseParser {
  /** The next piece of the decoded text; events that end in it are told before this returns. */
  push(text: string): void;
  /** The stream has ended. A last event without its blank line counts when it is whole; a cut one is dropped. */
  end(): void;
}

const TOO_LONG = 'an event is longer than 1 MB';
const LF = 10;
const CR = 13;

/**
 * Tells every event in order, or once why the stream is malformed (in our words, without its text), and nothing after that.
 * Calling it from inside a callback is not allowed.
 */
export function createSseParser(
  onEvent: (event: StreamEvent) => void,
  onMalformed: (why: string) => void,
): SseParser {
  let buffer = '';
  /** Where the line that is not yet complete begins; what lies before belongs to the same event. */
  let line = 0;
  /** From here on no line end was looked for. */
  let searched = 0;
  /** End of the event's last complete line, without its line end. */
  let lastEnd = 0;
  let first = true;
  let afterCr = false;
  let dead = false;

  function tell(raw: string, atEnd: boolean): void {
    if (raw.length > MAX_EVENT) {
      malformed(TOO_LONG);
      return;
    }
    const event = eventOf(raw);
    if (event !== null) onEvent(event);
    else if (!atEnd) malformed('an event is not a JSON object');
  }

  function malformed(why: string): void {
    dead = true;
    buffer = '';
    onMalformed(why);
  }

  function push(text: string): void {
    if (dead || text === '') return;
    buffer = buffer === '' ? text : buffer + text;
    if (first) {
      first = false;
      if (buffer.charCodeAt(0) === 0xfeff) buffer = buffer.slice(1);
    }
    let start = 0;
    let nextCr = buffer.indexOf('\r', searched);
    for (;;) {
      // The LF of a CRLF whose CR ended the last line.
      if (afterCr && searched < buffer.length) {
        afterCr = false;
        if (buffer.charCodeAt(searched) === LF) {
          if (start === line) start++;
          line++;
          searched++;
        }
      }
      if (nextCr !== -1 && nextCr < searched) nextCr = buffer.indexOf('\r', searched);
      const lf = buffer.indexOf('\n', searched);
      const end = nextCr !== -1 && (lf === -1 || nextCr < lf) ? nextCr : lf;
      if (end === -1) break;
      if (end > line) {
        lastEnd = end;
      } else {
        if (line > start) tell(buffer.slice(start, lastEnd), false);
        if (isDead()) return;
        start = end + 1;
      }
      afterCr = buffer.charCodeAt(end) === CR;
      line = searched = end + 1;
    }
    if (start > 0) {
      buffer = buffer.slice(start);
      line -= start;
      lastEnd -= start;
    }
    searched = buffer.length;
    if (buffer.length > MAX_EVENT + 4) malformed(TOO_LONG);
  }

  function end(): void {
    if (dead) return;
    const raw = buffer.slice(0, line === buffer.length ? lastEnd : buffer.length);
    if (raw !== '') tell(raw, true);
    dead = true;
    buffer = '';
  }

  // Through a function: the callbacks change it behind the type checker's back.
  function isDead(): boolean {
    return dead;
  }

  return { push, end };
}

/** Null: it carries data that is no JSON object. */
function eventOf(raw: string): StreamEvent | null {
  // By far the most: one line of data.
  if (raw.startsWith('data:') && !raw.includes('\n') && !raw.includes('\r'))
    return dataEvent(raw, raw.slice(5), false);
  let data: string | null = null;
  let named = false;
  for (const each of raw.split(/\r\n|\r|\n/)) {
    const colon = each.indexOf(':');
    const field = colon === -1 ? each : each.slice(0, colon);
    const value = colon === -1 ? '' : each.slice(each.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data = data === null ? value : `${data}\n${value}`;
    else if (field === 'event') named = value === 'error';
    // llama.cpp's older servers: the error as a field of its own.
    else if (field === 'error' && data === null) [data, named] = [value, true];
  }
  return data === null ? emptyEvent(raw, 'comment') : dataEvent(raw, data, named);
}

function dataEvent(raw: string, data: string, named: boolean): StreamEvent | null {
  if (data.length < 16) {
    const word = data.trim();
    if (word === '[DONE]') return emptyEvent(raw, 'done');
    if (word === '') return emptyEvent(raw, 'comment');
  }
  return classifyData(raw, data, named);
}

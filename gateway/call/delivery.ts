// What the client gets of the leading attempt: events as they come, or one assembled answer at the end.
import type { PlainAnswer } from '../../adapters/llm/attempt-types.js';
import { createAssembler } from '../../domain/openai/assemble.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import { eventsOf } from './as-stream.js';
import { sentSoFar, type Sent } from './sent.js';
import type { Answered, CallInput, CallSink } from './types.js';

export interface Delivery {
  readonly sent: Sent;
  /** The client has bytes: nothing can be taken back. */
  opened(): boolean;
  /** An attempt leads: what an earlier one gave to a client that does not stream is forgotten. */
  begin(answered: Answered): void;
  /** False: the client cannot follow, wait for `resume`. */
  take(event: StreamEvent): boolean;
  /** The answer is whole; `answer` when it came in one piece. */
  end(answer: PlainAnswer | null, answered: Answered): void;
}

export function openDelivery({ facts, wantsUsage }: CallInput, sink: CallSink): Delivery {
  const kind = facts.kind === 'chat' ? 'chat' : 'completions';
  const sent = sentSoFar();
  let assembler = createAssembler(kind);
  let opened = false;
  return {
    sent,
    opened: () => opened,
    begin(answered) {
      assembler = createAssembler(kind);
      if (!facts.stream) return;
      opened = true;
      sink.open(answered);
    },
    take(event) {
      if (!facts.stream) {
        if (event.json !== null && event.kind === 'chunk') assembler.add(event.json);
        return true;
      }
      if (isOnlyUsage(event) && !wantsUsage) return true;
      sent.add(event);
      return sink.event(event.raw);
    },
    end(answer, answered) {
      if (!facts.stream) {
        sink.answer(200, answer?.body ?? JSON.stringify(assembler.result()), answered);
        return;
      }
      if (answer !== null) for (const raw of eventsOf(answer.json, wantsUsage)) sink.event(raw);
      sink.end();
    },
  };
}

/** The last chunk of `include_usage`, which only who asked for it expects. */
export function isOnlyUsage({ kind, hasUsage, json }: StreamEvent): boolean {
  if (kind !== 'chunk' || !hasUsage) return false;
  const choices = json?.['choices'];
  return Array.isArray(choices) && choices.length === 0;
}

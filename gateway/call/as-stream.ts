import { streamOf } from '../../domain/openai/stream-of.js';
import { recordsOf } from '../../domain/openai/record.js';

/**
 * A whole answer as the events of a stream. `[DONE]` says that it is complete, so it stands there only when each choice
 * names how it finished.
 */
export function eventsOf(answer: Readonly<Record<string, unknown>>, wantsUsage: boolean): readonly string[] {
  const events = streamOf(answer, wantsUsage).map((chunk) => `data: ${JSON.stringify(chunk)}`);
  const finished = recordsOf(answer['choices']).every(
    (choice) => typeof choice['finish_reason'] === 'string',
  );
  return finished ? [...events, 'data: [DONE]'] : events;
}

// No act twice, none without leave. Orders are what a runner was told, the journal is what the control plane says, and the count of a
// command is kept by the command itself.
import type { JournalEvent } from '../../domain/journal.js';
import type { Problem, Problems } from '../model.js';

export interface OrderSeen {
  /** Directory name: the request, a dot, a number. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly started: boolean;
}

export interface ActsSeen {
  readonly orders: readonly OrderSeen[];
  /** Program -> how often it ran, counted by itself. */
  readonly runs: ReadonlyMap<string, number>;
  /** `healing.*`, oldest first. */
  readonly events: readonly Pick<JournalEvent, 'type' | 'data' | 'at'>[];
}

export function actProblems({ orders, runs, events }: ActsSeen): Problems {
  return [...doubled(orders, runs), ...startedTwice(events), ...withoutLeave(orders, events)];
}

/** A command that ran more often than orders for it were taken. */
function doubled(orders: ActsSeen['orders'], runs: ActsSeen['runs']): Problems {
  return [...runs].flatMap(([program, count]): readonly Problem[] => {
    const taken = orders.filter(({ argv, started }) => started && argv[0] === program).length;
    if (count <= taken) return [];
    const evidence = `${program} ran ${String(count)} times, ${String(taken)} orders for it were taken`;
    return [{ what: 'a command ran more often than it was ordered', evidence }];
  });
}

function startedTwice(events: ActsSeen['events']): Problems {
  const seen = new Map<unknown, number>();
  for (const { type, data } of events)
    if (type === 'healing.acted' && data['status'] === 'started')
      seen.set(data['request'], (seen.get(data['request']) ?? 0) + 1);
  return [...seen]
    .filter(([, times]) => times > 1)
    .map(([request, times]) => ({
      what: 'an act was started twice',
      evidence: `${String(request)} has ${String(times)} starts in the journal`,
    }));
}

/** Orders whose step needed a person that nobody gave, and every order of a question that was denied or expired. */
function withoutLeave(orders: ActsSeen['orders'], events: ActsSeen['events']): Problems {
  const needs = new Set<unknown>();
  const allowed = new Set<unknown>();
  const refused = new Map<unknown, unknown>();
  for (const { type, data } of events) {
    const request = data['request'];
    if (type === 'healing.decided' && data['permission'] === 'approve') needs.add(request);
    if (type === 'healing.asked') needs.add(request);
    if (type !== 'healing.answered' || data['accepted'] !== true) continue;
    if (data['verdict'] === 'approve') allowed.add(request);
    else refused.set(request, data['verdict']);
  }
  return orders.flatMap(({ name }): readonly Problem[] => {
    const request = name.replace(/\.\d+$/, '');
    if (!needs.has(request)) return [];
    if (refused.has(request) && !allowed.has(request))
      return [
        {
          what: `an act that was ${String(refused.get(request))} was ordered`,
          evidence: `order ${name}`,
        },
      ];
    return allowed.has(request)
      ? []
      : [{ what: 'an act that nobody allowed was ordered', evidence: `order ${name}` }];
  });
}

export interface KeyedAnswer {
  readonly key: string;
  /** Without blanks at its ends. */
  readonly text: string;
}

/** Answers of the durable lane, good ones only: one key, one text. */
export function keyProblems(answers: readonly KeyedAnswer[]): Problems {
  const byKey = new Map<string, Set<string>>();
  for (const { key, text } of answers) byKey.set(key, (byKey.get(key) ?? new Set()).add(text));
  return [...byKey]
    .filter(([, texts]) => texts.size > 1)
    .map(([key, texts]) => ({
      what: 'one Idempotency-Key was answered in two ways',
      evidence: `${key}: ${[...texts].join(' | ')}`,
    }));
}

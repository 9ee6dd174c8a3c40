// A durable call in one line, for the web UI and for the client's error: who failed how, who answered. No prompt, no answer.
import type { AttemptResult } from '../activities/contracts.js';

export interface Tale {
  add(result: AttemptResult): void;
  silent(number: number): void;
  /** `kimi-primary: server_error 503, then lmstudio-local answered`. */
  text(): string;
}

export function newTale(): Tale {
  const parts: string[] = [];
  return {
    add(result) {
      parts.push(partOf(result));
    },
    silent(number) {
      parts.push(`attempt ${String(number)} is silent`);
    },
    text: () => parts.join(', then '),
  };
}

function partOf(result: AttemptResult): string {
  switch (result.kind) {
    case 'answered':
      return `${result.provider} answered`;
    case 'failed':
      return `${result.provider}: ${failureOf(result)}`;
    case 'nobody':
      return result.reason;
  }
}

function failureOf({ fault, status }: Extract<AttemptResult, { kind: 'failed' }>): string {
  return status === null ? fault : `${fault} ${String(status)}`;
}

// Answers that show by themselves whether they are whole: the last word is a checksum of all words before it.
import { createHash } from 'node:crypto';

/** Prompts that begin so are answered with a seal. */
export const SEAL = 'seal ';

/**
 * With the asked name, the number of the chat at this stand-in and the checksum behind them; as they are without `seal NAME`. With `said`,
 * the beginning of an answer that broke off, only what is missing of it.
 */
export function sealed(words: readonly string[], prompt: string, chat: number, said = ''): readonly string[] {
  if (!prompt.startsWith(SEAL)) return words;
  const open = [...words, ` for=${prompt.slice(SEAL.length)}`, ` chat=${chat}`];
  const rest = said === '' ? open : open.slice(said.split(' ').length);
  return [...rest, ` sum=${sumOf(said + rest.join(''))}`];
}

/** True when it is whole, and the answer to this prompt. */
export function isWhole(text: string, prompt: string): boolean {
  const at = text.lastIndexOf(' sum=');
  if (at < 0 || !text.includes(` for=${prompt.slice(SEAL.length)} `)) return false;
  return text.slice(at + ' sum='.length) === sumOf(text.slice(0, at));
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

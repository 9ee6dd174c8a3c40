// Prompts and answers of the durable lane: owner-only files, so that neither a workflow's history nor a log ever holds one.
import { link, mkdir, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import { atomicWrite, writeNew } from './atomic-write.js';

type Json = Readonly<Record<string, unknown>>;

export interface KeptRequest {
  /** SHA-256 of the request. */
  readonly digest: string;
  readonly body: Json;
}

export interface ClaimCheck {
  /**
   * Keeps a request. The first one under an id stays: another one is not written, and what is there is told. Throws the
   * system's own error.
   */
  offer(id: string, request: KeptRequest): Promise<KeptRequest>;
  /** Throws NxsError STATE_UNREADABLE when it is not there or damaged. */
  request(id: string): Promise<KeptRequest>;
  keep(id: string, number: number, answer: object): Promise<void>;
  /** null: there is none, or it is damaged. */
  answer(id: string, number: number): Promise<Json | null>;
  /** Removes what was last touched before `before` (ms since the epoch). */
  prune(before: number): Promise<void>;
}

/** `<state>/completions/<id>/`: `request.json` and `answer-<attempt>.json`. Ids are words of letters, digits, `_` and `-`. */
export function openClaimCheck(stateDir: string): ClaimCheck {
  const root = join(stateDir, 'completions');
  const dirOf = (id: string): string => {
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(id)) throw new NxsError('USAGE', 'A completion id is a word.');
    return join(root, id);
  };
  const requestPath = (id: string) => join(dirOf(id), 'request.json');
  const answerPath = (id: string, number: number) => join(dirOf(id), `answer-${String(number)}.json`);

  async function request(id: string): Promise<KeptRequest> {
    const kept = await readJson(requestPath(id)).catch((error: unknown) => {
      throw new NxsError(
        'STATE_UNREADABLE',
        `The request of completion ${id} cannot be read: ${errorMessage(error)}`,
      );
    });
    if (typeof kept?.['digest'] === 'string' && typeof kept['body'] === 'object' && kept['body'] !== null)
      return kept as unknown as KeptRequest;
    throw new NxsError(
      'STATE_UNREADABLE',
      `The request of completion ${id} is damaged or past its retention.`,
    );
  }

  return {
    request,
    async offer(id, offered) {
      const path = requestPath(id);
      await mkdir(dirOf(id), { recursive: true, mode: 0o700 });
      const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
      await writeNew(temporary, JSON.stringify(offered), 0o600, false);
      try {
        // A link, unlike a rename, never replaces what is there.
        await link(temporary, path);
        return offered;
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') return await request(id);
        throw error;
      } finally {
        await unlink(temporary);
      }
    },
    keep: (id, number, answer) =>
      atomicWrite(answerPath(id, number), JSON.stringify(answer), { sync: false }),
    answer: (id, number) => readJson(answerPath(id, number)),
    async prune(before) {
      const names = await readdir(root).catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT') return [];
        throw error;
      });
      for (const name of names) {
        const path = join(root, name);
        const touched = await stat(path).catch(() => null);
        if (touched !== null && touched.mtimeMs < before) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

/** null when there is no such file, or it is no JSON object. */
async function readJson(path: string): Promise<Json | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

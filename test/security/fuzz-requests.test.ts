// What clients send: bodies, headers, cookies, forms, and what people type.
import fc from 'fast-check';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import {
  readLmStudio,
  readLmStudioOld,
  readOllamaLoaded,
  readOpenAi,
} from '../../adapters/llm/model-lists.js';
import { inWords } from '../../cli/size.js';
import { parseDuration } from '../../cli/duration.js';
import { openAccess } from '../../dashboard/access.js';
import { formOf } from '../../dashboard/form.js';
import { NxsError } from '../../domain/errors.js';
import { understand } from '../../gateway/http/read-request.js';
import { hostName } from '../../workers/front/host-name.js';
import { judge } from '../../workers/front/guard.js';

const RUNS = { numRuns: 200 };
const NAMES = [
  'x-nxs-provider',
  'x-nxs-privacy',
  'x-nxs-durable',
  'x-nxs-timeout',
  'idempotency-key',
] as const;
const headers = fc.dictionary(fc.constantFrom(...NAMES), fc.string());

test('a request of any bytes is understood, or refused in a sentence with a 4xx', () => {
  const members = fc.record(
    {
      messages: fc.anything(),
      model: fc.anything(),
      stream: fc.anything(),
      tools: fc.anything(),
      response_format: fc.anything(),
      stream_options: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    members.map((value) =>
      Buffer.from(JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? 0 : each))),
    ),
    fc.constant(Buffer.from(`{"messages":[],"__proto__":{"stream":true}}`)),
  );
  fc.assert(
    fc.property(fc.constantFrom('chat', 'completions', 'embeddings'), body, headers, (kind, raw, given) => {
      const asked = understand(kind, raw, given, () => null);
      if ('code' in asked) {
        expect([asked.status, asked.message.length < 300]).toEqual([400, true]);
        // eslint-disable-next-line no-control-regex -- what may not be there
        expect(asked.message).not.toMatch(/[\u0000-\u001f]/);
      } else {
        expect([typeof asked.facts.stream, asked.facts.kind]).toEqual(['boolean', kind]);
        expect(asked.timeout === null || asked.timeout > 0).toBe(true);
      }
    }),
    RUNS,
  );
  expect(({} as Record<string, unknown>)['stream']).toBeUndefined();
});

test('a list of models of any shape is a list of names, or none', () => {
  const list = fc.array(
    fc.oneof(fc.anything(), fc.record({ id: fc.string(), state: fc.string(), key: fc.string() })),
  );
  const json = fc.oneof(
    fc.object(),
    list.map((data) => ({ data })),
    list.map((models) => ({ models })),
    fc.constant(null),
  );
  fc.assert(
    fc.property(json, (given) => {
      for (const read of [readLmStudio, readLmStudioOld, readOllamaLoaded, readOpenAi]) {
        const found = read(given);
        expect(found === null || found.ids.every((id) => typeof id === 'string' && id !== '')).toBe(true);
      }
    }),
    RUNS,
  );
});

/** As much of a request as is looked at. */
function requestWith(given: Readonly<Record<string, string | undefined>>): IncomingMessage {
  return {
    headers: given,
    socket: { localPort: 8787, remoteAddress: '10.0.0.9' },
  } as unknown as IncomingMessage;
}

test('no cookie opens the page, and none proves a form', () => {
  const access = openAccess({ token: 'planted-secret', trusted: () => false, secure: false });
  const session = fc.stringMatching(/^[\w-]{32}$/);
  const cookie = fc.oneof(
    fc.string(),
    session.map((value) => `nxs_session_8787=${value}`),
  );
  fc.assert(
    fc.property(cookie, fc.string(), fc.string(), (given, proof, site) => {
      const request = requestWith({ cookie: given, 'sec-fetch-site': site, origin: 'http://localhost:8787' });
      expect([access.allowed(request), access.proved(request, proof)]).toEqual([false, false]);
    }),
    RUNS,
  );
});

test('a form of any bytes in any pieces is fields, or nothing when it is too long', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 6 }),
      async (parts) => {
        const chunks = parts.map((part) => Buffer.from(part));
        const form = await formOf(Readable.from(chunks) as unknown as IncomingMessage, 100);
        const whole = Buffer.concat(chunks);
        if (whole.length > 100) expect([...form]).toEqual([]);
        else expect([...form]).toEqual([...new URLSearchParams(whole.toString('utf8'))]);
      },
    ),
    RUNS,
  );
});

test('Host and Origin of any text are judged, and only our own names pass', () => {
  const policy = { port: 8787, hosts: ['127.0.0.1'], publicOrigin: null, token: null };
  fc.assert(
    fc.property(
      fc.string(),
      fc.option(fc.oneof(fc.string(), fc.webUrl()), { nil: undefined }),
      (host, origin) => {
        const verdict = judge(policy, {
          host,
          origin,
          authorization: undefined,
          forwarded: false,
          address: '127.0.0.1',
        });
        if (verdict.allowed) expect(hostName(host)).toMatch(/^(localhost|127\.|::1)/);
      },
    ),
    RUNS,
  );
});

test('a duration that somebody types is one, or an error of usage; sizes are always short', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,6}[smhdx]$/)), fc.nat(), (text, bytes) => {
      expect(inWords(bytes).length).toBeLessThan(12);
      try {
        expect(parseDuration(text, '--for')).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error instanceof NxsError && error.code === 'USAGE').toBe(true);
      }
    }),
    RUNS,
  );
});

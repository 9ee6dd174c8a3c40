import { describe, expect, it } from 'vitest';
import { attemptAt, endpointAt, faultOf, testWire, BODY } from './support/attempts.js';
import { bodyOf, chunk, CHAT, DONE, json, serve, stream, USAGE } from './support/servers.js';

describe('a stream', () => {
  it('is handed on event by event and complete with its finish_reason and [DONE]', async () => {
    const server = await serve((_, response) => {
      stream(response, ': keep-alive\n\n', chunk({ content: 'Hel' }), chunk({ content: 'lo' }));
      response.end(chunk({}, 'stop') + USAGE + DONE);
    });
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect(await told.end).toEqual({ kind: 'complete', answer: null, sawDone: true });
    expect(told.text()).toBe('Hello');
    expect(told.events.map((event) => event.kind)).toEqual([
      'comment',
      'chunk',
      'chunk',
      'chunk',
      'chunk',
      'done',
    ]);
    expect(told.headersAt()).not.toBeNull();
    expect(told.ends()).toBe(1);
  });

  it('asks for usage, keeps what the client asked beside it, and sends no key that it does not have', async () => {
    const asked: { body: unknown; headers: unknown }[] = [];
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        asked.push({ body, headers: request.headers });
        stream(response, chunk({ content: 'x' }, 'stop'), DONE);
        response.end();
      });
    });
    const body = { ...BODY, stream: false, stream_options: { chunk_size: 5 } };
    await attemptAt(testWire(), endpointAt(server.origin), { body }).end;
    expect(asked[0]?.body).toEqual({
      ...BODY,
      stream: true,
      stream_options: { chunk_size: 5, include_usage: true },
    });
    expect(asked[0]?.headers).toMatchObject({
      'user-agent': 'nxs-resilience',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
    });
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is complete without [DONE] when its connection ends', async () => {
    const server = await serve((_, response) => {
      stream(response, chunk({ content: 'x' }));
      response.end(chunk({}, 'stop'));
    });
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect(await told.end).toEqual({ kind: 'complete', answer: null, sawDone: false });
  });

  it('waits 2 s at most for [DONE] when the connection stays open', async () => {
    const server = await serve((_, response) => {
      stream(response, chunk({ content: 'x' }, 'stop'));
    });
    const began = performance.now();
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect(await told.end).toEqual({ kind: 'complete', answer: null, sawDone: false });
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it('is not complete before each choice has ended', async () => {
    const server = await serve((_, response) => {
      stream(response, chunk({ content: 'a' }), chunk({ content: 'b' }, null, 1), chunk({}, 'stop'));
      response.end(DONE);
    });
    const told = attemptAt(testWire(), endpointAt(server.origin), { body: { ...BODY, n: 2 } });
    expect(faultOf(await told.end)).toBe('truncated');
    expect(told.events.some((event) => event.kind === 'done')).toBe(false);
  });

  it('keeps characters whole that are cut between packets', async () => {
    const bytes = Buffer.from(chunk({ content: 'grüße 🙂' }) + chunk({}, 'stop') + DONE);
    const server = await serve((_, response) => {
      stream(response);
      let at = 0;
      function next(): void {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, (at += 1)), () => setImmediate(next));
      }
      next();
    });
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect((await told.end).kind).toBe('complete');
    expect(told.text()).toBe('grüße 🙂');
  });

  it('is recognised when the server does not name its type', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200);
      response.end(chunk({ content: 'x' }, 'stop') + DONE);
    });
    const told = attemptAt(testWire(), endpointAt(server.origin));
    expect(await told.end).toMatchObject({ kind: 'complete', sawDone: true });
    expect(told.text()).toBe('x');
  });

  it('may come as one JSON document, which is the whole answer', async () => {
    const server = await serve((_, response) => {
      json(response, CHAT);
    });
    const end = await attemptAt(testWire(), endpointAt(server.origin)).end;
    expect(end).toMatchObject({ kind: 'complete', sawDone: false, answer: { status: 200, json: CHAT } });
  });

  it('leaves its connection for the next call', async () => {
    const server = await serve((_, response) => {
      stream(response, chunk({ content: 'x' }, 'stop'), DONE);
      response.end();
    });
    const wire = testWire();
    const endpoint = endpointAt(server.origin);
    for (let call = 0; call < 20; call += 1) {
      expect((await attemptAt(wire, endpoint).end).kind).toBe('complete');
      await new Promise(setImmediate);
    }
    expect(server.made()).toBeLessThanOrEqual(2);
  });

  it('is asked without stream_options from the first refusal on', async () => {
    const bodies: Record<string, unknown>[] = [];
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        bodies.push(body);
        if ('stream_options' in body) {
          json(response, { error: { message: 'Unrecognized request argument: stream_options' } }, 400);
          return;
        }
        stream(response, chunk({ content: 'x' }, 'stop'), DONE);
        response.end();
      });
    });
    const wire = testWire();
    const endpoint = endpointAt(server.origin);
    expect((await attemptAt(wire, endpoint).end).kind).toBe('complete');
    expect((await attemptAt(wire, endpoint).end).kind).toBe('complete');
    expect(bodies.map((body) => 'stream_options' in body)).toEqual([true, false, false]);
  });
});

describe('a plain answer', () => {
  it('is one JSON document, asked for as such', async () => {
    let asked: unknown;
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        asked = body;
        json(response, CHAT);
      });
    });
    const told = attemptAt(testWire(), endpointAt(server.origin), {
      form: 'plain',
      body: { ...BODY, stream: true, stream_options: { include_usage: true } },
    });
    const end = await told.end;
    expect(asked).toEqual({ ...BODY, stream: false });
    expect(end).toMatchObject({ kind: 'complete', answer: { status: 200, json: CHAT } });
    expect(end.kind === 'complete' && end.answer?.body.toString()).toBe(JSON.stringify(CHAT));
    expect(told.events).toEqual([]);
  });

  it('of /embeddings is asked for without a word about streams', async () => {
    let asked: unknown;
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        asked = body;
        json(response, { object: 'list', data: [{ index: 0, embedding: [1, 2] }] });
      });
    });
    const body = { model: 'e', input: 'x' };
    const told = attemptAt(testWire(), endpointAt(server.origin), {
      path: '/embeddings',
      form: 'plain',
      body,
    });
    expect((await told.end).kind).toBe('complete');
    expect(asked).toEqual(body);
  });
});

it('sends the key as a bearer token', async () => {
  let seen: unknown;
  const server = await serve((request, response) => {
    seen = request.headers.authorization;
    json(response, CHAT);
  });
  await attemptAt(testWire(), endpointAt(server.origin, { apiKey: 'sk-1' }), { form: 'plain' }).end;
  expect(seen).toBe('Bearer sk-1');
});

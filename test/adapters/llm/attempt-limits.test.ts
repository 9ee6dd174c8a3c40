import { expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { attemptAt, endpointAt, faultOf, testWire } from './support/attempts.js';
import { chunk, CHAT, DONE, json, serve, serveRaw, stream } from './support/servers.js';

it('silence before the first content ends the attempt, whatever else comes', async () => {
  const server = await serve((_, response) => {
    stream(response, chunk({ role: 'assistant' }));
    const comments = setInterval(() => response.write(': OPENROUTER PROCESSING\n\n'), 20);
    response.once('close', () => clearInterval(comments));
  });
  const began = performance.now();
  const told = attemptAt(testWire(), endpointAt(server.origin), { firstByte: 2_000 });
  expect(faultOf(await told.end)).toBe('no_first_byte');
  expect(performance.now() - began).toBeGreaterThan(1_900);
  expect(told.events.some((event) => event.kind === 'comment')).toBe(true);
  await until(() => server.open() === 0);
});

it('a provider that accepts and never answers is silent', async () => {
  const server = await serveRaw((socket) => socket.resume());
  const end = attemptAt(testWire(), endpointAt(server.origin), { firstByte: 100 }).end;
  expect(faultOf(await end)).toBe('no_first_byte');
});

it('a plain answer has to be whole in that time', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"choices":');
  });
  const end = attemptAt(testWire(), endpointAt(server.origin), { form: 'plain', firstByte: 100 }).end;
  expect(faultOf(await end)).toBe('no_first_byte');
});

it('silence after the first content is a stall, and comments do not break it', async () => {
  const server = await serve((_, response) => {
    stream(response, chunk({ content: 'x' }));
    const comments = setInterval(() => response.write(': still here\n\n'), 20);
    response.once('close', () => clearInterval(comments));
  });
  const told = attemptAt(testWire(), endpointAt(server.origin), { idle: 150 });
  expect(faultOf(await told.end)).toBe('stall');
  expect(told.text()).toBe('x');
});

it('a stream that goes on may take longer than both limits', async () => {
  const server = await serve((_, response) => {
    stream(response);
    let left = 12;
    const pace = setInterval(() => {
      response.write(chunk({ content: 'x' }));
      if ((left -= 1) > 0) return;
      clearInterval(pace);
      response.end(chunk({}, 'stop') + DONE);
    }, 50);
  });
  const told = attemptAt(testWire(), endpointAt(server.origin), { firstByte: 300, idle: 300 });
  expect((await told.end).kind).toBe('complete');
  expect(told.text()).toBe('x'.repeat(12));
});

it('abort destroys the connection and is told once', async () => {
  const server = await serve((_, response) => stream(response, chunk({ content: 'x' })));
  const told = attemptAt(testWire(), endpointAt(server.origin));
  await until(() => told.text() === 'x');
  const began = performance.now();
  told.attempt.abort();
  told.attempt.abort();
  expect(await told.end).toEqual({ kind: 'aborted' });
  await until(() => server.open() === 0);
  expect(performance.now() - began).toBeLessThan(200);
  expect(told.ends()).toBe(1);
  // The library's own abort would open another connection for the request that is no more.
  expect(server.made()).toBe(1);
});

it('an abort before the connection stands leaves none behind', async () => {
  let requests = 0;
  const server = await serve((_, response) => {
    requests += 1;
    json(response, CHAT);
  });
  const told = attemptAt(testWire(), endpointAt(server.origin));
  told.attempt.abort();
  expect(await told.end).toEqual({ kind: 'aborted' });
  await until(() => server.open() === 0);
  expect(requests).toBe(0);
});

it('500 aborted attempts leave no open socket', async () => {
  const server = await serve((_, response) => stream(response, chunk({ content: 'x' })));
  const wire = testWire();
  const all = Array.from({ length: 500 }, (_, at) => {
    const told = attemptAt(wire, endpointAt(server.origin));
    // Some before they are connected, some at once, some inside their answer.
    if (at % 3 === 0) told.attempt.abort();
    else if (at % 3 === 1) setTimeout(() => told.attempt.abort(), at % 50);
    else void until(() => told.text() !== '').then(() => told.attempt.abort());
    return told;
  });
  for (const told of all) expect(await told.end).toEqual({ kind: 'aborted' });
  await until(() => server.open() === 0);
  expect(all.every((told) => told.ends() === 1)).toBe(true);
});

it('a paused attempt stops the sender, and its clock stands still', async () => {
  let written = 0;
  let waits = false;
  const event = chunk({ content: 'x'.repeat(16_384) });
  const server = await serve((_, response) => {
    stream(response);
    const more = (): void => {
      while (written < 64 * 1024 * 1024) {
        written += event.length;
        waits = !response.write(event);
        if (waits) return void response.once('drain', more);
      }
      response.end(chunk({}, 'stop') + DONE);
    };
    more();
  });
  const told = attemptAt(testWire(), endpointAt(server.origin), { idle: 200 });
  await until(() => told.events.length > 0);
  told.attempt.pause();
  let last = -1;
  await until(() => {
    const still = last === written;
    last = written;
    return still && waits;
  });
  const seen = told.events.length;
  await until(() => performance.now() - (told.headersAt() ?? Infinity) > 700);
  expect(told.ends()).toBe(0);
  expect(told.events.length).toBe(seen);
  expect(written).toBeLessThan(32 * 1024 * 1024);
  told.attempt.resume();
  expect((await told.end).kind).toBe('complete');
});

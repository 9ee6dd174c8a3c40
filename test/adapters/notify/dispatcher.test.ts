// Notices in, deliveries out, with the product's own state file between them; the channels are what the test makes of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../../adapters/notify/channel.js';
import { openNotifier, type Notifier } from '../../../adapters/notify/dispatcher.js';
import { openNotifyStore } from '../../../adapters/notify/store.js';
import type { NewEvent } from '../../../domain/journal.js';
import { raised, resolved, rulesOf, START } from '../../domain/notify/support.js';

const MINUTE = 60_000;
const OK: Outcome = { ok: true };
const DEAD: Outcome = { ok: false, reason: 'hunter2 was refused', transient: true, wait: null };

interface Scene {
  readonly heard: string[];
  readonly warnings: string[];
  readonly events: NewEvent[];
  now: number;
  /** What the channel of this name answers from now on; `hang` never answers. */
  answer(name: string, outcome: Outcome | 'hang'): void;
  open(): Notifier;
}

async function scene(...names: readonly string[]): Promise<Scene> {
  const dir = await mkdtemp(join(tmpdir(), 'nxs-notify-'));
  const opened: Notifier[] = [];
  onTestFinished(async () => {
    for (const each of opened) await each.close();
    await rm(dir, { recursive: true });
  });
  const answers = new Map<string, Outcome | 'hang'>();
  const here: Scene = {
    heard: [],
    warnings: [],
    events: [],
    now: START,
    answer: (name, outcome) => void answers.set(name, outcome),
    open() {
      const notifier = openNotifier({
        store: openNotifyStore(join(dir, 'notify.json'), (problem) => here.warnings.push(problem)),
        channels: names.map((name) => ({
          channel: {
            ...{ name, kind: 'command', limit: 1_000, secrets: ['hunter2'] },
            async deliver(message, signal) {
              const answer = answers.get(name) ?? OK;
              if (answer === 'hang') {
                await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
                return DEAD;
              }
              if (answer.ok) here.heard.push(`${name} ${message.kind} ${message.incident}`);
              return answer;
            },
          },
          rules: rulesOf(name),
        })),
        log: { info: () => undefined, warn: (facts) => here.warnings.push(JSON.stringify(facts)) },
        journal(event) {
          here.events.push(event);
          return Promise.resolve();
        },
        scrub: (text) => text,
        now: () => here.now,
        patience: 200,
      });
      opened.push(notifier);
      return notifier;
    },
  };
  return here;
}

describe('a notifier', () => {
  it('tells what a dead channel missed when it lives again, without any news', async () => {
    const here = await scene('a', 'b');
    here.answer('a', DEAD);
    const notifier = here.open();
    await notifier.notify(raised('x'));
    expect(here.heard).toEqual(['b raised x']);
    await notifier.flush();
    here.answer('a', OK);
    await notifier.flush();
    expect(here.heard).toEqual(['b raised x']);
    here.now += MINUTE;
    await notifier.flush();
    expect(here.heard).toEqual(['b raised x', 'a raised x']);
    expect(here.events.map(({ type, data }) => [type, (data as { channel: string }).channel])).toEqual(
      expect.arrayContaining([
        ['notify.sent', 'b'],
        ['notify.failed', 'a'],
        ['notify.sent', 'a'],
      ]),
    );
    expect(JSON.stringify([here.warnings, here.events])).not.toContain('hunter2');
  });

  it('reminds without any news, once a day', async () => {
    const here = await scene('a');
    const notifier = here.open();
    await notifier.notify(raised('x'));
    for (let minute = 0; minute < 1_441; minute += 120) {
      here.now = START + minute * MINUTE;
      await notifier.flush();
    }
    here.now = START + 1_441 * MINUTE;
    await notifier.flush();
    await notifier.flush();
    expect(here.heard).toEqual(['a raised x', 'a reminder x']);
  });

  it('is not held up by a channel that hangs, and neither are the others', async () => {
    const here = await scene('a', 'b');
    here.answer('a', 'hang');
    const notifier = here.open();
    await notifier.notify(raised('x'));
    await notifier.notify(resolved('x'));
    expect(here.heard).toEqual(['b raised x', 'b resolved x']);
  });

  it('tells nothing twice in the next process', async () => {
    const here = await scene('a');
    const first = here.open();
    await first.notify(raised('x'));
    await first.close();
    const second = here.open();
    await second.notify(raised('x'));
    await second.notify(resolved('x'));
    expect(here.heard).toEqual(['a raised x', 'a resolved x']);
  });
});

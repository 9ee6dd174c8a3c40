// Pushes the page to who looks at it. One rendering serves all pages of a window; nothing is rendered while nobody looks.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { WindowName } from '../domain/panels.js';

export interface Frame {
  /** When its data was put together, ISO. */
  readonly at: string;
  /** Changes when the HTML does. */
  readonly id: string;
  readonly html: string;
}

export interface Live {
  /** The page of a window; callers at the same time share one rendering. */
  frame(window: WindowName): Promise<Frame>;
  /** Streams frames until the client or we end it. `shown`: id of the frame that the client has. False: too many look. */
  open(window: WindowName, response: ServerResponse, shown: string): boolean;
  close(): void;
}

export interface LivePorts {
  readonly render: (window: WindowName) => Promise<{ readonly at: string; readonly html: string }>;
  readonly mark: () => Promise<string>;
}

const MOST = 50;
/** ms between two looks whether something changed. */
const LOOK = 500;
/** ms after which a page hears in any case that nothing changed. */
const TICK = 4_000;
/** ms after which it is rendered in any case: ages, and what no mark tells of. */
const AT_LEAST = 15_000;
/** Bytes that a client that does not read may owe us. */
const OWED = 1_000_000;

interface Viewer {
  readonly window: WindowName;
  readonly response: ServerResponse;
  shown: string;
}

export function frameId(html: string): string {
  return createHash('sha256').update(html).digest('base64url').slice(0, 16);
}

export function openLive({ render, mark }: LivePorts): Live {
  const viewers = new Set<Viewer>();
  /** Renderings under way. */
  const making = new Map<WindowName, Promise<Frame>>();
  let timer: NodeJS.Timeout | null = null;
  let seen = '';
  let rendered = 0;
  let told = 0;
  let busy = false;

  /** Shows what is true now; one that began earlier may have missed it. */
  function fresh(window: WindowName): Promise<Frame> {
    const made = make(window).finally(() => {
      if (making.get(window) === made) making.delete(window);
    });
    making.set(window, made);
    return made;
  }

  async function make(window: WindowName): Promise<Frame> {
    const { at, html } = await render(window);
    return { at, html, id: frameId(html) };
  }

  function frame(window: WindowName): Promise<Frame> {
    return making.get(window) ?? fresh(window);
  }

  async function look(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      const [current, now] = [await mark(), Date.now()];
      if (current !== seen || now - rendered >= AT_LEAST) {
        await push();
        seen = current;
        rendered = told = now;
      } else if (now - told >= TICK) {
        told = now;
        for (const viewer of viewers) send(viewer, null);
      }
    } catch {
      // What cannot be rendered now is tried again; the page sees that its data grows old.
    } finally {
      busy = false;
    }
  }

  async function push(): Promise<void> {
    const frames = new Map<WindowName, Promise<Frame>>();
    for (const viewer of viewers) {
      const made = frames.get(viewer.window) ?? fresh(viewer.window);
      frames.set(viewer.window, made);
      send(viewer, await made);
    }
  }

  /** null: what it shows is true still. */
  function send(viewer: Viewer, frame: Frame | null): void {
    const { response } = viewer;
    // It may have gone while the frame was made.
    if (!viewers.has(viewer)) return;
    if (response.writableLength > OWED) {
      response.destroy();
      return;
    }
    const news =
      frame === null
        ? { at: new Date().toISOString() }
        : frame.id === viewer.shown
          ? { at: frame.at }
          : frame;
    if (frame !== null) viewer.shown = frame.id;
    response.write(`data: ${JSON.stringify(news)}\n\n`);
  }

  function end(viewer: Viewer): void {
    viewers.delete(viewer);
    viewer.response.end();
    if (viewers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    frame,
    open(window, response, shown) {
      if (viewers.size >= MOST) return false;
      const viewer = { window, response, shown };
      viewers.add(viewer);
      response.on('close', () => end(viewer));
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 2000\n\n');
      if (timer === null) {
        timer = setInterval(() => void look(), LOOK);
        timer.unref();
      }
      void frame(window)
        .then((first) => send(viewer, first))
        .catch(() => undefined);
      return true;
    },
    close() {
      for (const viewer of [...viewers]) end(viewer);
    },
  };
}

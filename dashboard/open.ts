// Serves the page. One check stands before every route; buttons are plain forms, so all of it works without a script.
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { WINDOWS, type WindowName } from '../domain/panels.js';
import { openAccess } from './access.js';
import { formOf } from './form.js';
import { SafeHtml } from './html.js';
import { frameId, openLive } from './live.js';
import { againPage, loginPage, mainOf, pageOf } from './page/document.js';
import { TYPED_LEVEL, TYPED_WORD } from './page/incidents.js';
import type { DashboardPorts, PageRoute, Said } from './ports.js';

export interface Dashboard {
  readonly routes: readonly PageRoute[];
  /** Ends open streams. */
  close(): void;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const MAX_BODY = 8 * 1024;
/** ms that the sentence after a press of a button waits for its page, and how many do. */
const SAID_FOR = 60_000;
const MOST_SAID = 100;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export async function openDashboard(ports: DashboardPorts): Promise<Dashboard> {
  const access = openAccess(ports);
  // Stands in shared HTML where each session's own proof goes; nobody can guess it.
  const placeholder = randomBytes(18).toString('base64url');
  const css = await readFile(path.join(ports.assets, 'page.css'), 'utf8');
  const js = await readFile(path.join(ports.assets, 'page.js'), 'utf8');
  const version = createHash('sha256').update(css).update(js).digest('hex').slice(0, 12);
  const flashes = new Map<string, Said & { readonly until: number }>();
  const live = openLive({
    async render(window) {
      const model = await ports.model(window);
      return { at: model.at, html: mainOf(model, placeholder).text };
    },
    mark: () => ports.mark(),
  });

  const page: Handle = async (request, response) => {
    const query = queryOf(request);
    const window = windowOf(query);
    const model = await ports.model(window);
    const session = access.session(request, response);
    const proof = access.proof(session);
    const main = mainOf(model, placeholder).text;
    const id = frameId(main);
    const said = take(query.get('said'));
    const filled = new SafeHtml(main.replaceAll(placeholder, proof));
    const canLogOut = ports.token !== null && !ports.trusted(request);
    send(
      response,
      200,
      'text/html',
      pageOf(model, filled, { window, id, at: model.at, proof, placeholder, said, version, canLogOut }),
    );
  };

  const decide: Handle = async (request, response) => {
    const body = await formOf(request, MAX_BODY);
    if (!proved(request, response, body)) return;
    const [incident, request_, by, reason] = ['incident', 'request', 'by', 'reason'].map((key) =>
      (body.get(key) ?? '').trim(),
    ) as [string, string, string, string];
    const verdict = body.get('verdict');
    if (verdict !== 'approve' && verdict !== 'deny') {
      tell(request, response, no('Say approve or deny.'));
      return;
    }
    if (by === '' || reason === '') {
      tell(request, response, no('Give your name and a reason: both stand in the record.'));
      return;
    }
    const { healing } = await ports.model('24h');
    const known = healing.failed === null ? healing.incidents.find(({ id }) => id === incident) : undefined;
    if (known?.asked?.request !== request_) {
      tell(request, response, no('That question is not open any more; nothing has changed.'));
      return;
    }
    if (
      verdict === 'approve' &&
      known.plan?.level === TYPED_LEVEL &&
      body.get('word')?.trim() !== TYPED_WORD
    ) {
      tell(
        request,
        response,
        no(`Level ${String(TYPED_LEVEL)} overwrites files: type ${TYPED_WORD} to approve it.`),
      );
      return;
    }
    tell(request, response, await ports.decide({ incident, request: request_, verdict, by, reason }));
  };

  const change: Handle = async (request, response) => {
    const body = await formOf(request, MAX_BODY);
    if (!proved(request, response, body)) return;
    tell(request, response, await ports.switchProvider(body.get('to') ?? ''));
  };

  const mark: Handle = async (request, response) => {
    const body = await formOf(request, MAX_BODY);
    if (!proved(request, response, body)) return;
    const label = body.get('label');
    if (label !== 'true_positive' && label !== 'false_positive') {
      tell(request, response, no('Say whether it was right or a false alarm.'));
      return;
    }
    tell(request, response, await ports.label({ incident: body.get('incident') ?? '', label }));
  };

  const login: Handle = async (request, response) => {
    const body = await formOf(request, MAX_BODY);
    if (!proved(request, response, body)) return;
    const result = access.login(request, response, body.get('token') ?? '');
    if (result === 'in') {
      redirect(response, '/');
      return;
    }
    const note = result === 'wrong' ? 'That is not the token.' : 'Too many wrong tokens; wait a minute.';
    const proof = access.proof(access.session(request, response));
    send(response, result === 'wrong' ? 401 : 429, 'text/html', loginPage(version, proof, note));
  };

  /** An old page, or somebody else's form. */
  function proved(request: IncomingMessage, response: ServerResponse, body: URLSearchParams): boolean {
    if (access.proved(request, body.get('proof') ?? '')) return true;
    send(
      response,
      403,
      'text/plain',
      'This form is not from a page that is open now. Reload the page and try again; nothing was done.\n',
    );
    return false;
  }

  function tell(request: IncomingMessage, response: ServerResponse, said: Said): void {
    const now = Date.now();
    for (const [id, { until }] of flashes) if (until < now || flashes.size >= MOST_SAID) flashes.delete(id);
    const id = randomBytes(9).toString('base64url');
    flashes.set(id, { ...said, until: now + SAID_FOR });
    const referer = URL.canParse(request.headers.referer ?? '')
      ? new URL(request.headers.referer ?? '')
      : null;
    const window = windowOf(referer?.searchParams ?? new URLSearchParams());
    redirect(response, `/?window=${window}&said=${id}`);
  }

  function take(id: string | null): Said | null {
    const found = id === null ? undefined : flashes.get(id);
    flashes.delete(id ?? '');
    return found === undefined || found.until < Date.now() ? null : found;
  }

  const routes = [
    route('GET', '/', ours(guarded(page)), 'the dashboard'),
    route('GET', '/dashboard/page.css', asset('text/css', css)),
    route('GET', '/dashboard/page.js', asset('text/javascript', js)),
    route(
      'GET',
      '/dashboard/events',
      guarded((request, response) => {
        // HEAD asks what it would be, and waits for nothing.
        if (request.method === 'HEAD') {
          send(response, 200, 'text/event-stream', '');
          return;
        }
        const query = queryOf(request);
        if (!live.open(windowOf(query), response, query.get('id') ?? ''))
          send(response, 503, 'text/plain', 'Too many pages are open.\n');
      }),
    ),
    route(
      'GET',
      '/dashboard/fragment',
      guarded(async (request, response) => {
        send(response, 200, 'application/json', JSON.stringify(await live.frame(windowOf(queryOf(request)))));
      }),
    ),
    route('POST', '/dashboard/decide', guarded(decide)),
    route('POST', '/dashboard/switch', guarded(change)),
    route('POST', '/dashboard/mark', guarded(mark)),
    route(
      'GET',
      '/login',
      ours((request, response) => {
        const proof = access.proof(access.session(request, response));
        send(response, 200, 'text/html', loginPage(version, proof, null));
      }),
    ),
    route('POST', '/login', login),
    route(
      'POST',
      '/logout',
      guarded(async (request, response) => {
        if (!proved(request, response, await formOf(request, MAX_BODY))) return;
        access.logout(request, response);
        redirect(response, '/login');
      }),
    ),
  ];

  /** A link from elsewhere comes without the cookie (SameSite=Strict); a new one would end the session that is there. */
  function ours(handle: Handle): Handle {
    return (request, response) => {
      const query = queryOf(request);
      if (request.headers['sec-fetch-site'] !== 'cross-site' || query.has('again'))
        return handle(request, response);
      const at = (request.url ?? '').split('?', 1)[0] === '/login' ? '/login' : '/';
      send(response, 200, 'text/html', againPage(version, `${at}?window=${windowOf(query)}&again`));
    };
  }

  function guarded(handle: Handle): Handle {
    return (request, response) => {
      if (access.allowed(request)) return handle(request, response);
      request.resume();
      if (request.method === 'GET' && (request.url ?? '').split('?', 1)[0] === '/') {
        redirect(response, '/login');
        return;
      }
      send(response, 401, 'text/plain', 'Log in first: /login.\n');
    };
  }

  return { routes, close: () => live.close() };
}

function route(method: 'GET' | 'POST', at: string, handle: Handle, summary: string | null = null): PageRoute {
  return { method, path: at, summary, ownKey: true, maxBody: MAX_BODY, handle };
}

function asset(type: string, body: string): Handle {
  return (request, response) => {
    // The page names it with its digest, so it never changes under its name.
    if ((request.url ?? '').includes('?'))
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
    send(response, 200, type, body);
  };
}

function no(sentence: string): Said {
  return { accepted: false, sentence };
}

function queryOf(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '/', 'http://front').searchParams;
}

function windowOf(query: URLSearchParams): WindowName {
  const asked = query.get('window') ?? '';
  return Object.hasOwn(WINDOWS, asked) ? (asked as WindowName) : '24h';
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { location: to }).end();
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.setHeader('content-security-policy', POLICY);
  // Our own forms say which window they were pressed in; nobody else hears where we are.
  response.setHeader('referrer-policy', 'same-origin');
  response.statusCode = status;
  response.setHeader('content-type', `${type}; charset=utf-8`);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

// The page as a whole. What stands in `main` is pushed again when it changes; the rest is sent once.
import { isOpen } from '../../domain/healing/incident.js';
import { WINDOWS, type WindowName } from '../../domain/panels.js';
import { html, type SafeHtml, type Value } from '../html.js';
import type { PageModel } from '../model.js';
import { incidentsSection } from './incidents.js';
import { kpisSection } from './kpis.js';
import { panelsSection } from './panels.js';
import { light, linked, time } from './parts.js';
import { backupsSection, fleetSection, providersSection, schedulesSection, syncSection } from './state.js';

/** Inside of `main`. `proof`: what stands for the session's proof in its forms. */
export function mainOf(model: PageModel, proof: string): SafeHtml {
  const { headline } = model;
  // Read out when it changes; the countdown beside it is not.
  const words = light(headline.light, headline.text);
  const healing = incidentsSection(model.healing, proof);
  // What is open comes before what somebody chose to look at.
  const urgent = model.healing.failed !== null || model.healing.incidents.some(isOpen);
  return html` <div id="headline" data-key="headline" class="headline ${headline.light}">
      <p>
        <span role="status"
          >${headline.anchor === null ? words : html`<a href="${headline.anchor}">${words}</a>`}</span
        >
        ${headline.until === null ? null : html`<span data-until="${headline.until}" role="timer">until ${time(headline.until)}</span>`}
      </p>
    </div>
    ${kpisSection(model)} ${urgent ? healing : null} ${panelsSection(model.title, model.panels)}
    ${urgent ? null : healing}
    <div class="columns" data-key="columns">
      ${providersSection(model, proof)} ${backupsSection(model)} ${syncSection(model)}
      ${schedulesSection(model)} ${fleetSection(model)}
    </div>`;
}

export interface Chrome {
  readonly window: WindowName;
  /** Of the frame in `main`. */
  readonly id: string;
  readonly at: string;
  readonly proof: string;
  readonly placeholder: string;
  readonly said: { readonly accepted: boolean; readonly sentence: string } | null;
  /** Version of the assets. */
  readonly version: string;
  readonly canLogOut: boolean;
}

export function pageOf(
  model: Pick<PageModel, 'node' | 'title' | 'ui'>,
  main: SafeHtml,
  chrome: Chrome,
): string {
  const { window, said, proof } = chrome;
  const windows = Object.keys(WINDOWS).map((each) =>
    each === window ? html`<b aria-current="page">${each}</b>` : html`<a href="/?window=${each}">${each}</a>`,
  );
  return documentOf(
    `${model.title} · ${model.node}`,
    chrome.version,
    html`<a class="skip" href="#main">To the content</a>
      <header>
        <h1>${model.title} <span class="soft">${model.node}</span></h1>
        <nav aria-label="Time window">${windows}</nav>
        <p class="age" id="age" data-at="${chrome.at}">as of ${time(chrome.at)}</p>
        ${model.ui === null ? null : linked(model.ui, 'Temporal')}
        <button id="theme" type="button" hidden aria-label="light or dark">◐</button>
        ${
          chrome.canLogOut
            ? html`<form method="post" action="/logout">
                <input type="hidden" name="proof" value="${proof}" /><button class="small">log out</button>
              </form>`
            : null
        }
      </header>
      ${said === null ? null : html`<p class="said ${said.accepted ? 'good' : 'bad'}" role="alert">${said.sentence}</p>`}
      <p id="older" class="said" role="status" hidden>
        This page has been silent for a while: what it shows may be old.
      </p>
      <p id="gone" class="said bad" role="status" hidden>
        The question that you were answering has changed or is over. Nothing was sent.
      </p>
      <main id="main" tabindex="-1" data-id="${chrome.id}" data-window="${window}">${main}</main>
      <footer class="soft">
        Every row links into the Temporal web UI · <a href="/api/status">status</a> ·
        <a href="/api/kpi?since=${window}">KPIs</a> · <a href="/metrics">metrics</a>
      </footer>`,
    html`<meta name="nxs-proof" content="${proof}" /><meta
        name="nxs-placeholder"
        content="${chrome.placeholder}"
      />`,
  );
}

export function loginPage(version: string, proof: string, note: string | null): string {
  return documentOf(
    'NXS Resilience',
    version,
    html`<main class="login">
      <h1>NXS Resilience</h1>
      ${note === null ? null : html`<p class="said bad" role="alert">${note}</p>`}
      <form method="post" action="/login">
        <input type="hidden" name="proof" value="${proof}" />
        <label
          >Token (http.token in nxs.yaml)
          <input name="token" type="password" required autocomplete="current-password"
        /></label>
        <div class="buttons"><button class="strong">Log in</button></div>
      </form>
    </main>`,
    null,
  );
}

/** Calls the page once more, as a page of ours: only then does the browser bring the session's cookie along. */
export function againPage(version: string, to: string): string {
  return documentOf(
    'NXS Resilience',
    version,
    html`<main class="login"><a href="${to}">To the page</a></main>`,
    html`<meta http-equiv="refresh" content="0;url=${to}" />`,
  );
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M8 1 14 4v4c0 4-3 6-6 7-3-1-6-3-6-7V4z' fill='%231f5fbf'/%3E%3C/svg%3E";

function documentOf(title: string, version: string, body: Value, meta: Value): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        <link rel="stylesheet" href="/dashboard/page.css?${version}" />
        ${meta}
        <script src="/dashboard/page.js?${version}" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

// Keeps the page fresh. Without it the page is a page: forms, links and times in UTC work.
'use strict';

const main = document.getElementById('main');
const age = document.getElementById('age');
const older = document.getElementById('older');
const gone = document.getElementById('gone');
const root = document.documentElement;
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';

// The server's clock and this one may differ, so the age counts from when the word came.
let heard = performance.now();
/** ms without a word after which the page says that it is old. */
const SILENT = 10_000;

theme();
if (main !== null && age !== null) {
  localTimes(document);
  main.addEventListener('input', () => (gone.hidden = true));
  // What the address says of the way here is over once it is shown.
  history.replaceState(null, '', `?window=${main.dataset.window}${location.hash}`);
  clock();
  setInterval(clock, 1000);
  listen();
}

/** Light or dark by the system, until somebody says otherwise. */
function theme() {
  const button = document.getElementById('theme');
  const kept = store(() => localStorage.getItem('nxs-theme'));
  if (kept === 'light' || kept === 'dark') root.dataset.theme = kept;
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const dark =
      root.dataset.theme === undefined
        ? matchMedia('(prefers-color-scheme: dark)').matches
        : root.dataset.theme === 'dark';
    root.dataset.theme = dark ? 'light' : 'dark';
    store(() => localStorage.setItem('nxs-theme', root.dataset.theme));
  });
}

/** A browser that keeps nothing throws. */
function store(use) {
  try {
    return use();
  } catch {
    return null;
  }
}

/** Times stand there in UTC; a person reads them in his own zone. */
function localTimes(within) {
  const today = new Date().toDateString();
  for (const each of within.querySelectorAll('time[datetime]')) {
    const at = new Date(each.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const clockTime = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    const day = at.toLocaleDateString([], { month: 'short', day: 'numeric' });
    each.textContent = at.toDateString() === today ? clockTime : `${day} ${clockTime}`;
    each.title = at.toLocaleString();
  }
}

function clock() {
  const seconds = Math.floor((performance.now() - heard) / 1000);
  age.textContent = seconds < 2 ? 'updated just now' : `updated ${seconds} s ago`;
  const stale = seconds * 1000 >= SILENT;
  root.classList.toggle('stale', stale);
  older.hidden = !stale;
  for (const each of document.querySelectorAll('[data-until]')) {
    const left = Math.floor((new Date(each.dataset.until) - Date.now()) / 1000);
    each.textContent =
      left <= 0 ? 'time is over' : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
  }
}

function listen() {
  const query = () => `window=${main.dataset.window}&id=${main.dataset.id}`;
  let source = null;
  const open = () => {
    source?.close();
    source = new EventSource(`/dashboard/events?${query()}`);
    source.addEventListener('message', (event) => take(JSON.parse(event.data)));
  };
  // A browser opens six connections to one host: tabs that nobody sees must not hold them all.
  const look = () => {
    if (document.hidden) source?.close();
    else open();
  };
  document.addEventListener('visibilitychange', look);
  look();
  // A stream that a proxy holds back says nothing: then the page asks.
  setInterval(async () => {
    if (document.hidden || performance.now() - heard < SILENT / 2) return;
    if (source === null || source.readyState === EventSource.CLOSED) open();
    try {
      const answer = await fetch(`/dashboard/fragment?${query()}`, { signal: AbortSignal.timeout(4000) });
      if (answer.ok) take(await answer.json());
      else if (answer.status === 401) location.assign('/login');
    } catch {
      // It grows old before everybody's eyes.
    }
  }, 2000);
}

function take({ id, html }) {
  // A front that was started anew takes none of the proofs that stand here.
  if (html?.includes('name="proof"') && !html.includes(meta('nxs-placeholder'))) {
    location.reload();
    return;
  }
  heard = performance.now();
  if (html !== undefined && id !== main.dataset.id) {
    const fresh = new DOMParser().parseFromString(
      `<main>${html.replaceAll(meta('nxs-placeholder'), meta('nxs-proof'))}</main>`,
      'text/html',
    ).body.firstElementChild;
    localTimes(fresh);
    const busy = [...main.querySelectorAll('form[data-key]')].filter(isTouched);
    children(main, fresh);
    if (busy.some((form) => !form.isConnected)) gone.hidden = false;
    main.dataset.id = id;
  }
  clock();
}

/** Somebody is at it. */
function isTouched(form) {
  return (
    form.contains(document.activeElement) ||
    [...form.elements].some(
      ({ value, defaultValue, type }) => type !== 'hidden' && (defaultValue ?? value) !== value,
    )
  );
}

/** Makes `old` like `fresh` and keeps what a person is at: the focus, typed text, open details, scrolled tables. */
function morph(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !(name === 'open' && old.tagName === 'DETAILS'))
      old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  children(old, fresh);
}

function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  return node.dataset.key ?? (node.id || null);
}

function alike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);
}

function children(old, fresh) {
  const keyed = new Map();
  for (const child of old.childNodes) {
    const key = keyOf(child);
    const name = `${child.nodeName} ${key}`;
    if (key !== null && !keyed.has(name)) keyed.set(name, child);
  }
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = keyOf(next);
    const known = key === null ? null : keyed.get(`${next.nodeName} ${key}`);
    // A second one of that name is another one.
    keyed.delete(`${next.nodeName} ${key}`);
    if (known !== undefined && known !== null && known !== at) {
      // What stands before it has gone, or has moved.
      while (at !== null && at !== known && !kept(at, fresh)) {
        const gone = at;
        at = at.nextSibling;
        gone.remove();
      }
      if (at !== known) old.insertBefore(known, at);
      else at = known;
    }
    const here = known ?? at;
    if (here !== null && alike(here, next)) {
      if (here.nodeType === Node.ELEMENT_NODE) morph(here, next);
      else if (here.nodeValue !== next.nodeValue) here.nodeValue = next.nodeValue;
      at = here.nextSibling;
    } else {
      old.insertBefore(document.adoptNode(next), at);
    }
  }
  while (at !== null) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** It comes later in the fresh one. */
function kept(node, fresh) {
  const key = keyOf(node);
  if (key === null) return false;
  for (const child of fresh.childNodes)
    if (child.nodeName === node.nodeName && keyOf(child) === key) return true;
  return false;
}

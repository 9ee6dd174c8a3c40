// What the manager workflow knows, as a pure reducer: it must give the same state in every replay, and a stray report must
// never put back what a later one has changed.
import type { Reading } from './record.js';
import { laterSwitch, type FailoverSnapshot, type ProviderState } from './snapshot.js';
import { NO_SWITCH, switchedTo, targetOf, type Switch } from './switching.js';

export interface ManagedProvider {
  readonly name: string;
  /** False: a variable of its has no value. It is shown, and never called. */
  readonly configured: boolean;
}

export interface ManagerState {
  /** In the order of the policy. */
  readonly providers: readonly ManagedProvider[];
  /** What the front reported, by name; without learned limits. */
  readonly kept: Readonly<Record<string, ProviderState>>;
  /** By name; `at` is when this state was first seen. */
  readonly health: Readonly<Record<string, Reading>>;
  readonly switch: Switch;
  /** The last message that was not understood, or what could not be done; null: none. */
  readonly note: string | null;
}

export interface NamedReading {
  readonly name: string;
  readonly reading: Reading;
}

export type ManagerEvent =
  | { readonly kind: 'configured'; readonly providers: readonly ManagedProvider[] }
  | { readonly kind: 'reported'; readonly snapshot: FailoverSnapshot }
  | { readonly kind: 'looked'; readonly readings: readonly NamedReading[] }
  | { readonly kind: 'switched'; readonly switch: Switch }
  | { readonly kind: 'reset'; readonly name: string | null; readonly now: number }
  | { readonly kind: 'noted'; readonly text: string };

export function newManager(providers: readonly ManagedProvider[]): ManagerState {
  return { providers, kept: {}, health: {}, switch: NO_SWITCH, note: null };
}

/** The next state; the same object when nothing has changed. */
export function manage(state: ManagerState, event: ManagerEvent): ManagerState {
  switch (event.kind) {
    case 'configured':
      return configured(state, event.providers);
    case 'reported':
      return reported(state, event.snapshot);
    case 'looked':
      return looked(state, event.readings);
    case 'switched': {
      const later = laterSwitch(state.switch, event.switch);
      return later === state.switch ? state : { ...state, switch: later, note: null };
    }
    case 'reset':
      return cleared(state, event.name, event.now);
    case 'noted':
      return { ...state, note: event.text.slice(0, 300) };
  }
}

/** Names in the order in which they would be asked, the switched one first, those that are not configured left out. */
export function askedOrder(state: ManagerState, now: number): readonly string[] {
  const names = state.providers.filter(({ configured }) => configured).map(({ name }) => name);
  const to = switchedTo(state.switch, now);
  return to === null
    ? names
    : [...names.filter((name) => name === to), ...names.filter((name) => name !== to)];
}

/** A person's word (`primary`, `backup`, a name) as the provider that goes first; null: by policy. */
export type Target = { readonly to: string | null } | { readonly why: string };

/** Whom the word means now, or one sentence why nobody. */
export function targetFor(state: ManagerState, word: string): Target {
  const usable = state.providers.filter(({ configured }) => configured);
  const to = targetOf(word, usable, (name) => isWell(state, name));
  if (to !== undefined) return { to };
  if (state.providers.some(({ name }) => name === word))
    return { why: `${word} is not configured: a variable of its has no value.` };
  if (word === 'backup') return { why: 'There is no second provider to switch to.' };
  const names = ['primary', 'backup', ...usable.map(({ name }) => name)].join(', ');
  return { why: `There is no provider "${word.slice(0, 80)}"; known: ${names}.` };
}

/** What the front restores from. */
export function snapshotOf(state: ManagerState): FailoverSnapshot {
  return { v: 1, providers: { ...state.kept }, switch: { ...state.switch } };
}

function isWell(state: ManagerState, name: string): boolean {
  return (state.kept[name]?.state ?? 'closed') === 'closed' && state.health[name]?.state !== 'bad';
}

function configured(state: ManagerState, providers: readonly ManagedProvider[]): ManagerState {
  if (JSON.stringify(providers) === JSON.stringify(state.providers)) return state;
  const known = new Set(providers.filter((each) => each.configured).map(({ name }) => name));
  const { switch: current } = state;
  const gone = current.to !== null && !known.has(current.to);
  return {
    ...state,
    providers,
    kept: pick(state.kept, known),
    health: pick(state.health, known),
    switch: gone ? { ...NO_SWITCH, at: current.at, by: 'its provider is gone' } : current,
  };
}

function reported(state: ManagerState, snapshot: FailoverSnapshot): ManagerState {
  const known = new Set(state.providers.map(({ name }) => name));
  const news = Object.entries(snapshot.providers).filter(
    ([name, { stamp }]) => known.has(name) && stamp > (state.kept[name]?.stamp ?? -1),
  );
  const { to } = snapshot.switch;
  const later = to === null || known.has(to) ? laterSwitch(state.switch, snapshot.switch) : state.switch;
  if (news.length === 0 && later === state.switch) return state;
  const fresh = news.map(([name, { learned: _learned, ...kept }]) => [name, kept] as const);
  return { ...state, kept: { ...state.kept, ...Object.fromEntries(fresh) }, switch: later };
}

function looked(state: ManagerState, readings: readonly NamedReading[]): ManagerState {
  const known = new Set(state.providers.map(({ name }) => name));
  const news = readings.filter(
    ({ name, reading }) => known.has(name) && state.health[name]?.state !== reading.state,
  );
  if (news.length === 0) return state;
  const fresh = Object.fromEntries(news.map(({ name, reading }) => [name, reading]));
  return { ...state, health: { ...state.health, ...fresh } };
}

// The front has reset already and reports it with a stamp of its own; until then nobody may read the old state here.
function cleared(state: ManagerState, name: string | null, now: number): ManagerState {
  const kept = Object.entries(state.kept).map(([each, before]): [string, ProviderState] => [
    each,
    name === null || name === each
      ? {
          stamp: before.stamp,
          state: 'closed',
          since: now,
          episode: before.episode,
          until: null,
          reason: null,
          failures: [],
          cooling: null,
        }
      : before,
  ]);
  return { ...state, kept: Object.fromEntries(kept), note: null };
}

function pick<T>(from: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)));
}

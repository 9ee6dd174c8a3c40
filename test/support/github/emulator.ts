// The third-party emulator (`emulate`, a program that we did not write) in this process, with its live store in reach, so
// that tests can do what no API can: rot a stored byte, lose an object, revoke a token. Its package exports no plugin, so
// the file that holds it is looked for by its content; a new version without one fails here and nowhere else.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createServer, type ServicePlugin, type Store, type TokenMap } from '@emulators/core';

interface Seed {
  readonly users: readonly { readonly login: string; readonly name: string; readonly email: string }[];
  readonly orgs: readonly {
    readonly login: string;
    readonly name: string;
    readonly members: readonly { readonly login: string; readonly role: 'admin' | 'member' }[];
  }[];
}

interface PluginModule {
  readonly githubPlugin: ServicePlugin;
  readonly seedFromConfig: (store: Store, baseUrl: string, seed: Seed, webhooks: unknown) => void;
}

export interface Emulator {
  readonly store: Store;
  readonly tokens: TokenMap;
  fetch(request: Request): Promise<Response>;
}

/** Who is known, beside `hubot`, another person without access to what `octocat` owns. */
export const OWNER = 'octocat';
export const STRANGER = 'hubot';
/** An organization that `octocat` administers. */
const ORGANIZATION = 'acme';

const SEED: Seed = {
  users: [
    { login: OWNER, name: 'Octo Cat', email: 'octocat@example.com' },
    { login: STRANGER, name: 'Hu Bot', email: 'hubot@example.com' },
  ],
  orgs: [{ login: ORGANIZATION, name: 'Acme', members: [{ login: OWNER, role: 'admin' }] }],
};

let plugin: Promise<PluginModule> | null = null;

/** @param tokens token -> login of the person whose it is */
export async function openEmulator(
  baseUrl: string,
  tokens: Readonly<Record<string, string>>,
): Promise<Emulator> {
  plugin ??= loadPlugin();
  const { githubPlugin, seedFromConfig } = await plugin;
  const entries = Object.entries(tokens).map(([token, login], index) => [
    token,
    { login, id: 100 + index, scopes: ['repo', 'user'] },
  ]);
  // No `fallbackUser`: with it, an unknown token would be somebody.
  const server = createServer(githubPlugin, { baseUrl, tokens: Object.fromEntries(entries) as never });
  githubPlugin.seed?.(server.store, baseUrl);
  seedFromConfig(server.store, baseUrl, SEED, server.webhooks);
  return {
    store: server.store,
    tokens: server.tokenMap,
    fetch: (request) => server.app.fetch(request),
  };
}

async function loadPlugin(): Promise<PluginModule> {
  const dir = dirname(fileURLToPath(import.meta.resolve('emulate')));
  const file = readdirSync(dir).find(
    (name) => /^dist-.*\.js$/.test(name) && readFileSync(join(dir, name), 'utf8').includes('githubPlugin'),
  );
  if (file === undefined) throw new Error('this version of `emulate` has no GitHub plugin');
  return (await import(/* @vite-ignore */ pathToFileURL(join(dir, file)).href)) as PluginModule;
}

import { SEARCH_ATTRIBUTES } from '../../domain/ids.js';
import { TEMPORAL_CLI } from './artifact.js';
import { knowsNewsFlag } from './engine-version.js';

export interface EngineCommand {
  readonly host: string;
  readonly port: number;
  readonly uiPort: number;
  /** SQLite file; null keeps everything in memory (tests). */
  readonly database: string | null;
  /** The web UI costs nothing while nobody looks; tests leave it out. */
  readonly ui: boolean;
  /** Base URL of the endpoint that decodes payloads for the web UI; left out: none. */
  readonly uiCodec?: string;
  /** Version of the program; the pinned one when left out. */
  readonly version?: string;
  /** `key=json` pairs for the server's dynamic config. */
  readonly dynamicConfig?: readonly string[];
  /** `warn` when left out. */
  readonly logLevel?: 'warn' | 'error';
}

/** Arguments of `temporal` for the embedded server. Search attributes are registered by the server itself at start. */
export function engineArguments(command: EngineCommand): readonly string[] {
  const args = ['server', 'start-dev', '--ip', command.host, '--port', String(command.port)];
  if (command.ui) args.push('--ui-port', String(command.uiPort));
  else args.push('--headless');
  if (command.ui && command.uiCodec !== undefined) args.push('--ui-codec-endpoint', command.uiCodec);
  if (command.ui && knowsNewsFlag(command.version ?? TEMPORAL_CLI.version))
    args.push('--ui-disable-news-fetch');
  if (command.database !== null) args.push('--db-filename', command.database);
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES))
    args.push('--search-attribute', `${name}=${type}`);
  for (const pair of command.dynamicConfig ?? []) args.push('--dynamic-config-value', pair);
  args.push('--log-level', command.logLevel ?? 'warn', '--color', 'never');
  return args;
}

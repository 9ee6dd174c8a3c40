// The configuration of a drill's plane. All six files are written, so that none is taken from the user or the machine.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageConfigDir } from '../../config/directories.js';
import type { PlaneOptions } from '../scenario.js';

const FILES = [
  'nxs.yaml',
  'providers.yaml',
  'backup-manifest.yaml',
  'sync-manifest.yaml',
  'healing.yaml',
  'resilience-dashboard.yaml',
];

export interface Ports {
  readonly http: number;
  readonly temporal: number;
  readonly ui: number;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Writes them into `configDir`: what the group gave, else ours (nxs, providers, healing), else the package's own. */
export async function writeConfig(configDir: string, options: PlaneOptions, ports: Ports): Promise<void> {
  const given = options.config as Readonly<Record<string, Mapping | undefined>>;
  const defaults: Readonly<Record<string, Mapping | undefined>> = {
    'nxs.yaml': nxsOf(given['nxs.yaml'] ?? {}, options, ports),
    'providers.yaml': { providers: [] },
    'healing.yaml': {},
  };
  for (const name of FILES) {
    const content =
      name === 'nxs.yaml' ? defaults[name] : (given[name] ?? defaults[name] ?? (await packaged(name)));
    const whole = name === 'healing.yaml' ? withThresholds(content ?? {}) : content;
    await writeFile(join(configDir, name), `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
  }
  const unknown = Object.keys(given).filter((name) => !FILES.includes(name));
  if (unknown.length > 0) throw new Error(`no such configuration file: ${unknown.join(', ')}`);
}

function nxsOf(given: Mapping, { node, temporal }: PlaneOptions, ports: Ports): Mapping {
  const embedded = { mode: 'embedded', port: ports.temporal, ui_port: ports.ui };
  return {
    node,
    temporal: temporal === undefined ? embedded : { mode: 'external', address: temporal },
    ...given,
    http: { host: '127.0.0.1', port: ports.http, ...(given['http'] as Mapping | undefined) },
  };
}

async function packaged(name: string): Promise<Mapping> {
  return parse(await readFile(join(packageConfigDir(), name), 'utf8')) as Mapping;
}

/** The machine that a drill runs on may be full or busy: that is not what the drill is about. A group's own thresholds count. */
function withThresholds(content: Mapping): Mapping {
  const healing = (content['healing'] ?? {}) as Mapping;
  if (healing['thresholds'] !== undefined) return content;
  return { ...content, healing: { ...healing, thresholds: THRESHOLDS } };
}

const THRESHOLDS = { memory_warning: 97, memory_critical: 99, disk_critical: 99 };

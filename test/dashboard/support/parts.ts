// The parts of a busy page that show the state of things.
import type {
  BackupRow,
  BackupsPart,
  FleetRow,
  PageModel,
  ProviderRow,
  ProvidersPart,
  SyncPart,
} from '../../../dashboard/model.js';
import { at, shares, workflow } from './basics.js';

type Filled<T> = Extract<T, { failed: null }>;

export function provider(name: string, change: Partial<ProviderRow> = {}): ProviderRow {
  return {
    name,
    model: `${name}-model`,
    state: 'closed',
    serving: false,
    light: 'good',
    since: at(-4320),
    detail: '',
    first_content_ms: 410.4,
    day: shares(24, 2),
    ...change,
  };
}

export function providers(): Filled<ProvidersPart> {
  return {
    failed: null,
    switched: { to: 'lmstudio-local', until: at(42), by: 'maria' },
    list: [
      provider('kimi-primary', { model: 'kimi-k2', serving: true }),
      provider('lmstudio-local', {
        model: 'qwen3-coder-30b',
        state: 'half_open',
        light: 'unknown',
        since: at(-0.2),
        detail: 'trial in flight',
      }),
      provider('ollama-local', {
        model: 'llama3.2:3b',
        state: 'open',
        light: 'bad',
        since: at(-31),
        detail: 'connection refused by 127.0.0.1:11434',
        first_content_ms: null,
      }),
      provider('anthropic', {
        state: 'not_configured',
        light: 'unknown',
        since: null,
        detail: 'ANTHROPIC_API_KEY is not set',
        first_content_ms: null,
        day: [],
      }),
    ],
  };
}

export function backups(files: number): Filled<BackupsPart> {
  return {
    failed: null,
    summary: `green: ${String(files + 8)} files in 2 destinations, all of them read back`,
    light: 'good',
    link: workflow('nxs/home/backup/2026-11-23T14:02:00Z'),
    files: Array.from({ length: files }, (_, index) => backupRow(index)),
    more: 8,
  };
}

function backupRow(index: number): BackupRow {
  const odd = index % 10 === 7;
  return {
    file: index === 0 ? 'MEMORY.md' : `memory/2026-11-${String(index).padStart(2, '0')}.md`,
    destination: index % 2 === 0 ? 'local' : 'github',
    last_backup: at(-60 - index),
    verified: index % 10 === 4 ? null : at(-58 - index),
    hash_match: odd ? false : index % 10 === 4 ? null : true,
    hash: odd ? null : (index * 7919 + 4_096_123).toString(16).padEnd(64, '9f2c'),
    status: odd ? 'MISMATCH' : 'OK',
  };
}

export function sync(): Filled<SyncPart> {
  return {
    failed: null,
    summary: 'in step with the hub, 12 s ago',
    light: 'good',
    link: workflow('nxs/home/sync/1'),
    nodes: [
      { node: 'home', last_seen: at(-0.2), own: true, waiting: 0 },
      { node: 'cloud', last_seen: at(-1), own: false, waiting: 0 },
      { node: 'edge', last_seen: at(-180), own: false, waiting: 4 },
    ],
    conflicts: [
      { at: at(-95), file: 'DECISION-LOG.md', how: 'newer one kept, the other in conflicts/' },
      { at: at(-900), file: 'memory/plan.md', how: 'merged line by line' },
    ],
    questions: ['edge would delete 120 of 140 files: nxs sync approve 3f2a or nxs sync deny 3f2a'],
  };
}

export function schedules(): Filled<PageModel['schedules']> {
  const names = ['sync', 'backup', 'backup-hourly', 'verify', 'restore-drill'];
  return {
    failed: null,
    list: names.map((what, index) => ({
      id: `nxs-home-${what}`,
      what,
      next: at(2 + index * 20),
      last: index === 4 ? null : at(-3 - index * 20),
      paused: index === 3,
      link: `${workflow('').replace('/workflows/', '/schedules/')}nxs-home-${what}`,
    })),
  };
}

export function fleet(count: number): readonly FleetRow[] {
  return Array.from({ length: count }, (_, index) => ({
    node: index === 0 ? 'home' : `node-${String(index)}`,
    own: index === 0,
    last_seen: at(-index * 3),
    seen_by: index % 2 === 0 ? ['hub', 'temporal'] : ['hub'],
    light: index === 2 ? ('bad' as const) : ('good' as const),
    detail: index === 0 ? 'this node' : index === 2 ? 'not seen for 6 min' : 'there',
    link: index === 0 ? null : workflow(`nxs/node-${String(index)}/healing`),
  }));
}

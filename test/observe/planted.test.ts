// Secrets in every field that can hold one, and what comes out of this program: logs, documents, errors.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { everySecret } from '../../config/provenance.js';
import { scrubForTerminal } from '../../config/scrub.js';
import { showJson, showYaml } from '../../config/show.js';
import type { Config } from '../../config/types.js';
import { openLogger } from '../../workers/log.js';
import { manifest, providers, settings } from './support/documents.js';
import { plantedPlaces, secretPlaces } from './support/plant.js';

const ADDRESSES = { echo: 'http://127.0.0.1:9', collector: 'http://127.0.0.1:9' };
const NXS = {
  ...settings(ADDRESSES),
  temporal: {
    mode: 'external',
    address: 'cloud.example:7233',
    api_key: 'Pl4ntedTemporalKey0123456789',
    encryption: {
      keys: [{ id: 'one', key: `Pl4ntedPayloadKey${'0'.repeat(26)}=` }],
      codec: { token: 'Pl4ntedCodecToken0123456789' },
    },
  },
};
const FILES = { nxs: NXS, providers: providers(ADDRESSES.echo), 'backup-manifest': manifest(ADDRESSES.echo) };

let root: string;
let config: Config;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'nxs-planted-'));
  mkdirSync(join(root, 'config'));
  for (const [name, document] of Object.entries(FILES))
    writeFileSync(join(root, 'config', `${name}.yaml`), JSON.stringify(document), { mode: 0o600 });
  config = await loadConfig({ env: { HOME: root }, dir: join(root, 'config') });
});
afterAll(() => rmSync(root, { recursive: true }));

function logged(write: (log: ReturnType<typeof openLogger>) => void): string {
  write(openLogger(config, 'worker'));
  return readFileSync(join(config.stateDir, 'logs', 'worker.log'), 'utf8');
}

describe('a planted secret', () => {
  it('stands in every field that a schema marks as one', () => {
    const planted = Object.entries(FILES).flatMap(([name, document]) => [
      ...plantedPlaces(name, document, ['telemetry.traces.headers']),
    ]);
    expect([...secretPlaces()].filter((place) => !planted.includes(place))).toEqual([]);
    expect(secretPlaces().size).toBeGreaterThan(8);
  });

  it('is known, each one, and none of them comes through a log in any way', () => {
    const secrets = [...everySecret()].filter((secret) => secret.includes('Pl4nted'));
    expect(secrets.length).toBeGreaterThanOrEqual(secretPlaces().size);
    const text = logged((log) => {
      log.info({ config }, 'the whole configuration');
      for (const secret of secrets) {
        log.warn(`refused: ${secret}`);
        log.error(new Error(`no: ${secret}`, { cause: new Error(secret) }), 'failed');
        log.error({
          error: new Error(secret),
          output: `x ${encodeURIComponent(secret)} y`,
          a: [{ b: secret }],
        });
      }
    });
    expect(text).not.toContain('Pl4nted');
    expect(text.split('\n').length).toBeGreaterThan(3 * secrets.length);
  });

  it('is in no document and on no terminal', () => {
    for (const text of [JSON.stringify(showJson(config)), showYaml(config)])
      expect(text).not.toContain('Pl4nted');
    for (const secret of everySecret())
      expect(scrubForTerminal(`sync: ${secret}\u001b[2J`)).not.toContain('Pl4nted');
  });
});

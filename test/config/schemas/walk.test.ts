import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../../config/files.js';
import { pathText, spotAt } from '../../../config/schemas/walk.js';

describe('the schema at a path', () => {
  it.each([
    ['nxs', ['http', 'token']],
    ['nxs', ['temporal', 'api_key']],
    ['nxs', ['sync', 'token']],
    ['nxs', ['gateway', 'api_key']],
    ['nxs', ['notify', 0, 'url']],
    ['nxs', ['notify', 3, 'password']],
    ['nxs', ['notify', 3, 'token']],
    ['providers', ['providers', 7, 'api_key']],
    ['backup-manifest', ['backup', 'destinations', 1, 'token']],
  ] as const)('of %s %j is a secret', (file, path) => {
    expect(spotAt(SCHEMAS[file], path)?.secret).toBe(true);
  });

  it('is no secret elsewhere, and tells paths and durations apart', () => {
    expect(spotAt(SCHEMAS.nxs, ['http', 'port'])).toMatchObject({
      secret: false,
      localPath: false,
      duration: false,
    });
    expect(spotAt(SCHEMAS.nxs, ['data_dir'])).toMatchObject({ localPath: true });
    expect(spotAt(SCHEMAS.nxs, ['sync', 'remote'])).toMatchObject({ localPath: true });
    expect(spotAt(SCHEMAS.nxs, ['retention', 'undo'])).toMatchObject({ duration: true });
  });

  it('is none where no schema knows the key, be it one of every object', () => {
    expect(spotAt(SCHEMAS.nxs, ['htpp'])).toBeNull();
    expect(spotAt(SCHEMAS.nxs, ['constructor'])).toBeNull();
    expect(spotAt(SCHEMAS.nxs, ['http', '__proto__'])).toBeNull();
  });

  it('is written as people write paths', () => {
    expect(pathText(['providers', 0, 'api_key'])).toBe('providers[0].api_key');
  });
});

import type { Checked } from '../../adapters/files/integrity.js';
import type { Reading } from '../../domain/healing/model.js';

export function integrityReading({
  looked,
  damaged,
}: Checked): Reading & { readonly paths: readonly string[] } {
  if (damaged.length > 0) {
    const names = damaged.slice(0, 3).join(', ') + (damaged.length > 3 ? ' …' : '');
    const detail = `the content of ${names} is not what was backed up, though nobody wrote to it`;
    return { state: 'bad', detail, value: damaged.length, paths: damaged };
  }
  if (looked === 0)
    return { state: 'unknown', detail: 'no backup has noted hashes yet', value: null, paths: [] };
  return { state: 'good', detail: `${looked} files are as they were backed up`, value: 0, paths: [] };
}

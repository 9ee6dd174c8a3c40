import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { largeModel } from './support/model.js';
import { ASSETS } from './support/server.js';
import { pageText } from './support/tags.js';

test('a large page with all that belongs to it is smaller than 60 KB on the way', async () => {
  const assets = await Promise.all(
    ['page.css', 'page.js'].map((name) => readFile(path.join(ASSETS, name), 'utf8')),
  );
  const page = pageText(largeModel());
  // As large as it claims to be.
  expect(page.split('<tr data-key="local ').length + page.split('<tr data-key="github ').length).toBe(62);
  expect(page.split('<tr data-key="inc-over-')).toHaveLength(21);
  const bytes = [page, ...assets].map((text) => gzipSync(text).length);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60_000);
});

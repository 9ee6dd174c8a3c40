// Part of a release: the histories of the present version are marked as out. From then on they are only replayed, never recorded again,
// and a test holds their bytes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = join(root, 'test/replay/histories', version);
const list = join(root, 'test/replay/released.json');

const released = JSON.parse(readFileSync(list, 'utf8'));
if (version in released) {
  console.error(`${version} is released already`);
  process.exit(2);
}
const hash = createHash('sha256');
for (const name of readdirSync(folder)
  .filter((each) => each.endsWith('.json'))
  .sort())
  hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
released[version] = hash.digest('hex');
writeFileSync(list, `${JSON.stringify(released, null, 2)}\n`);
console.log(`the histories of ${version} are frozen`);

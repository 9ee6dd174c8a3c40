// `npm run bench -- backup|start|memory|list [--rounds N] [--json FILE]`: measures, prints a table, judges nothing.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');

await runMain(async () => {
  await bootstrap();
  await import('../dist/bench/main.js');
});

// `npm run bench [-- SUITE ...]`: measures, prints a table a suite and all bars at the end, judges nothing.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');

await runMain(async () => {
  await bootstrap();
  await import('../dist/bench/main.js');
});

// `npm run drill -- ARGS`: the same as `bin/nxs drill ARGS`, as the first command of a fresh clone.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { ROOT } = await import('./support/paths.mjs');

await runMain(async () => {
  await bootstrap();
  process.argv.splice(1, 1, `${ROOT}bin/nxs`, 'drill');
  await import('../dist/cli/main.js');
});

// `npm run soak -- --minutes N [--seed S] [--report FILE]`: random faults on stand-ins for as long as you like, and what must hold all
// the time.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');

await runMain(async () => {
  await bootstrap();
  await import('../dist/soak/main.js');
});

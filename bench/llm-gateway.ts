// Started by the bench: our gateway behind the front that `nxs up` has, without worker and engine. The environment names
// the configuration.
import { loadConfig } from '../config/load.js';
import { openGateway } from '../gateway/gateway.js';
import { startFront } from '../workers/front.js';

const config = await loadConfig({ env: process.env });
const gateway = openGateway({ config, env: process.env });
const front = await startFront({
  http: { host: '127.0.0.1', port: 0 },
  routes: () => gateway.routes(),
  say: () => undefined,
  onError: (error) => console.error(error),
});
process.stdout.write(`${front.url}\n`);
process.stdin.resume().once('end', () => process.exit(0));

// The commands of scripts/cluster-local.mjs.
import { say, SetUpError } from '../support/say.mjs';
import { serverVersion } from './compose-settings.mjs';
import { clusterDirectory, frontend, openPlace, readState, removePlace, writeState } from './place.mjs';
import { isPostgresUp, restartPostgres, startPostgres, stopPostgres } from './postgres.mjs';
import { postgresPrograms, temporalCli, temporalPrograms } from './programs.mjs';
import { endServer, isServerUp, startServer } from './server.mjs';
import { setUpNamespace, setUpSchema } from './steps.mjs';

const directory = clusterDirectory();

export async function build() {
  const { bin } = await temporalPrograms(serverVersion());
  say(`${bin} has the server and its SQL tool`);
}

/** Database, schema, server, namespace: in the order of the compose file, each only as far as it is missing. */
export async function up() {
  postgresPrograms();
  const programs = await temporalPrograms(serverVersion());
  const cli = await temporalCli();
  const state = await openPlace(directory);
  startPostgres(directory, state);
  await setUpSchema(state, programs);
  await serve(state, programs);
  await setUpNamespace(directory, state, cli);
  say(`the cluster serves at ${frontend(state)}, namespace default; everything of it is in ${directory}`);
}

/** What runs, and where. */
export function status() {
  const state = readState(directory);
  const server = isServerUp(state?.server ?? null);
  const postgres = state !== null && isPostgresUp(directory);
  return {
    up: server && postgres,
    directory,
    version: serverVersion(),
    address: state === null ? null : frontend(state),
    server: { up: server, pid: server ? state.server : null },
    postgres: { up: postgres, port: state?.base ?? null },
  };
}

/** @param {ReturnType<typeof status>} seen */
export function statusLine({ address, server, postgres }) {
  if (address === null) return `there is no cluster in ${directory}`;
  const word = ({ up: isUp }) => (isUp ? 'up' : 'down');
  return `server ${word(server)} (${address}), PostgreSQL ${word(postgres)} (127.0.0.1:${postgres.port}); ${directory}`;
}

export async function down() {
  const state = readState(directory);
  if (state === null) return say(`there is no cluster in ${directory}`);
  await endServer(state.server, 'SIGTERM');
  stopPostgres(directory);
  removePlace(directory);
  say('the cluster is stopped and removed');
}

export async function killServer() {
  await endServer(known().server, 'SIGKILL');
}

export async function startServerAgain() {
  const state = known();
  await serve(state, await temporalPrograms(serverVersion()));
  return frontend(state);
}

/** @param {string} mode */
export function restartDatabase(mode) {
  known();
  if (mode !== 'fast' && mode !== 'immediate')
    throw new SetUpError(`"${mode}" is no mode: fast or immediate.`);
  restartPostgres(directory, mode);
}

async function serve(state, { bin }) {
  if (isServerUp(state.server)) return;
  const server = await startServer(directory, state, `${bin}/temporal-server`);
  writeState(directory, { ...state, server });
}

function known() {
  const state = readState(directory);
  if (state === null)
    throw new SetUpError(`there is no cluster in ${directory}: scripts/cluster-local.sh up`);
  return state;
}

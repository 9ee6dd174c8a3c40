// A PostgreSQL of our own on loopback, set up as the image does it: superuser "temporal", its password, its database.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetUpError } from '../support/say.mjs';
import { postgresPrograms } from './programs.mjs';

const USER = 'temporal';

/** Starts it when it does not run, on new files when there are none. @param {import('./place.mjs').State} state */
export function startPostgres(directory, state) {
  const { home, data } = folders(directory);
  const fresh = !existsSync(join(data, 'PG_VERSION'));
  if (fresh) initialize(home, data, state.password);
  if (isPostgresUp(directory)) return;
  const settings = `-p ${state.base} -k ${home} -c listen_addresses=127.0.0.1`;
  control(directory, ['start', '--wait', '-l', join(home, 'postgres.log'), '-o', settings]);
  if (fresh) run('createdb', ['-h', '127.0.0.1', '-p', String(state.base), '-U', USER, USER], state.password);
}

/** @param {'fast' | 'immediate'} mode immediate: as after a power cut */
export function restartPostgres(directory, mode) {
  control(directory, ['restart', '--wait', '-l', join(folders(directory).home, 'postgres.log'), '-m', mode]);
}

export function stopPostgres(directory) {
  if (isPostgresUp(directory)) control(directory, ['stop', '--wait', '-m', 'fast']);
}

export function isPostgresUp(directory) {
  const { data } = folders(directory);
  return existsSync(data) && asOwner('pg_ctl', ['-D', data, 'status']).status === 0;
}

function folders(directory) {
  const home = join(directory, 'postgres');
  return { home, data: join(home, 'data') };
}

function initialize(home, data, password) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const secret = join(home, 'password');
  writeFileSync(secret, password, { mode: 0o600 });
  if (isRoot()) run('chown', ['-R', 'postgres:', home]);
  const wishes = ['-U', USER, `--pwfile=${secret}`, '--auth=scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8'];
  check('initdb', asOwner('initdb', ['-D', data, ...wishes]));
  rmSync(secret);
}

function control(directory, args) {
  check(`pg_ctl ${args[0]}`, asOwner('pg_ctl', ['-D', folders(directory).data, ...args]));
}

function isRoot() {
  return process.getuid?.() === 0;
}

// PostgreSQL refuses to run as root.
function asOwner(program, args) {
  const path = join(postgresPrograms(), program);
  const command = isRoot() ? ['runuser', '-u', 'postgres', '--', path, ...args] : [path, ...args];
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  return spawnSync(command[0], command.slice(1), { cwd: '/', env, encoding: 'utf8' });
}

function run(program, args, password = '') {
  const env = { ...process.env, PGPASSWORD: password };
  check(program, spawnSync(program, args, { env, encoding: 'utf8' }));
}

function check(what, { status, error, stdout, stderr }) {
  if (status === 0) return;
  const reason = error?.code === 'ENOENT' ? `${error.path} was not found` : `${stdout}${stderr}`.trim();
  throw new SetUpError(`${what} failed: ${reason}`, 1);
}

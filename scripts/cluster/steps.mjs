// The one-shot steps: the very files that the compose file mounts, run by a shell of this machine.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from '../support/child.mjs';
import { ROOT } from '../support/paths.mjs';
import { SetUpError } from '../support/say.mjs';
import { environmentOf } from './compose-settings.mjs';
import { frontend } from './place.mjs';

/** @param {import('./place.mjs').State} state @param {{ bin: string, schema: string }} programs */
export async function setUpSchema(state, { bin, schema }) {
  const own = environmentOf('schema', { POSTGRES_PASSWORD: state.password });
  const here = { SQL_HOST: '127.0.0.1', SQL_PORT: String(state.base), TEMPORAL_SCHEMA: schema };
  await step('schema', bin, { ...own, ...here });
}

/** @param {import('./place.mjs').State} state @param {string} cli path of Temporal's command line */
export async function setUpNamespace(directory, state, cli) {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'temporal'))) symlinkSync(cli, join(bin, 'temporal'));
  const own = environmentOf('namespace', {});
  await step('namespace', bin, { ...own, TEMPORAL_ADDRESS: frontend(state) });
}

async function step(name, bin, env) {
  const { code, shown } = await runChild('sh', [join(ROOT, `deploy/temporal/${name}.sh`)], {
    cwd: '/',
    capture: true,
    env: { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: '/nonexistent', TZ: 'UTC', ...env },
  });
  if (code === 0) return;
  throw new SetUpError(`the step ${name} failed:\n${shown.map((line) => `  ${line}`).join('\n')}`, 1);
}

// The one loader. It reads all six files before it complains, so that one run shows everything there is to mend.
import { stat } from 'node:fs/promises';
import { NODE_NAME } from '../domain/ids.js';
import { configChain, dataDirOf, homeOf, nodeNameOf, stateDirOf, type Chain } from './directories.js';
import { readEnvFile } from './env-file.js';
import { FILE_NAMES, type FileName } from './files.js';
import { freeze } from './freeze.js';
import { locate, type Located, type Location } from './locate.js';
import { overrideFindings, overrideNxs } from './overrides.js';
import { placeWarnings, settingWarnings } from './warnings.js';
import { readKeyFiles, withKeys, type KeyFiles } from './key-files.js';
import { keepProvenance } from './provenance.js';
import { fileFinding, type Finding } from './report/finding.js';
import { configError } from './report/render.js';
import { pathText } from './schemas/walk.js';
import { isScrubbable, isSecretVariable } from './secret-text.js';
import { readablePage } from './readable-page.js';
import type { Config, DashboardConfig, FileOrigin, LoadOptions } from './types.js';
import { peek, validate, type FileOutput, type Validated } from './validate.js';
import { crossFindings } from './cross-check.js';
import type { Environment } from './yaml/fill.js';

type Found = Located & { readonly document: NonNullable<Located['document']> };

/**
 * Loads, fills, checks and freezes the configuration. Durations come out in ms, paths absolute. Reads files only;
 * `options.env` is not changed.
 * @throws NxsError CONFIG_INVALID with the whole report as message and `details.problems`: Problem[].
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const home = homeOf(options);
  const chain = configChain(options, home);
  const named = await missingDirs(chain);
  const { env: base, findings: envFindings } = await readEnvFile(chain.dirs, options.env);
  const locations = await Promise.all(FILE_NAMES.map((name) => locate(name, chain.dirs, chain.packageDir)));
  const nxs = locations.find(isParsed);
  const place = places(base, nxs?.name === 'nxs' ? nxs : null, home);
  const env: Environment = {
    ...base,
    NXS_STATE_DIR: place.stateDir,
    NXS_DATA_DIR: place.dataDir,
    NXS_NODE: place.node,
  };
  const results = new Map<FileName, Validated>();
  for (const location of locations) {
    if (isParsed(location)) results.set(location.name, validate(location, location.document, env, home));
  }
  const keyFiles = await readKeyFiles(nxsOf(results)?.temporal.encryption);
  const secrets = [...collectSecrets([...results.values()], base), ...keyFiles.keys.values()];
  const findingsOf = (location: Location): readonly Finding[] => [
    ...location.findings,
    ...(results.get(location.name)?.findings ?? []),
  ];
  const page = options.tolerant === true ? 'resilience-dashboard' : null;
  const findings = [
    ...named,
    ...envFindings,
    ...place.findings,
    ...overrideFindings(base),
    ...locations.filter(({ name }) => name !== page).flatMap(findingsOf),
  ];
  if (findings.length > 0) throw configError(findings, secrets);
  const located = locations.filter(isParsed);
  const warnings = [
    ...located.flatMap((each) => each.warnings),
    ...(await placeWarnings(chain, located, results)),
  ];
  const faults = locations.filter(({ name }) => name === page).flatMap(findingsOf);
  const shown = readablePage(results.get('resilience-dashboard'), faults, secrets);
  const config = assemble(
    place,
    chain,
    locations,
    results,
    keyFiles,
    [...warnings, ...shown.warnings],
    shown.page,
    base,
  );
  const cross = crossFindings(config, located, results, keyFiles.problems);
  if (cross.length > 0) throw configError(cross, secrets);
  keepProvenance(config, { env, secrets });
  return config;
}

function originOf(location: Location): FileOrigin {
  return 'origin' in location ? location.origin : { path: `${location.name}.yaml`, origin: 'user' };
}

function isParsed(location: Location): location is Found {
  return 'document' in location && location.document !== null;
}

/** A directory that the user named must exist; falling back past it would run on other settings than meant. */
async function missingDirs(chain: Chain): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    chain.named.map(async ({ dir, by }) => {
      const found = await stat(dir).catch(() => null);
      if (found?.isDirectory() === true) return null;
      const what = found === null ? 'does not exist' : 'is no directory';
      return fileFinding(dir, `${what}, but ${by} names it; \`nxs init\` writes a configuration there`);
    }),
  );
  return findings.filter((finding) => finding !== null);
}

interface Places {
  readonly node: string;
  readonly dataDir: string;
  readonly stateDir: string;
  readonly findings: readonly Finding[];
}

/** nxs.yaml gives names that all files may use, itself included, so these three are settled before the filling. */
function places(base: Environment, nxs: Found | null, home: string): Places {
  const stateDir = stateDirOf(base, home);
  const early: Environment = { ...base, NXS_STATE_DIR: stateDir };
  const node = nodeNameOf(base, peek(nxs?.document ?? null, 'node', early));
  const dataDir = dataDirOf(
    base,
    peek(nxs?.document ?? null, 'data_dir', { ...early, NXS_NODE: node }),
    home,
  );
  const findings: Finding[] = [];
  if (base['NXS_NODE'] && !NODE_NAME.test(node)) {
    findings.push(
      fileFinding(
        'environment',
        'NXS_NODE: expected a host-like name of letters, digits, ".", "_" or "-" (at most 63)',
      ),
    );
  }
  if (dataDir === stateDir || stateDir.startsWith(`${dataDir}/`)) {
    const message = `the state directory (${stateDir}) lies in the data directory (${dataDir}), so each backup would contain the ones before; move one of them with NXS_STATE_DIR or NXS_DATA_DIR`;
    findings.push(fileFinding('directories', message));
  }
  return { node, dataDir, stateDir, findings };
}

function collectSecrets(results: readonly Validated[], base: Environment): readonly string[] {
  const literal = results
    .flatMap((result) => result.literalSecrets)
    .filter((value) => isScrubbable(value, false));
  const fromEnv = results
    .flatMap((result) =>
      [...result.tree.used].filter(isSecretVariable).map((variable) => base[variable] ?? ''),
    )
    .concat(results.flatMap((result) => result.filledSecrets))
    .filter((value) => isScrubbable(value, true));
  return [...new Set([...literal, ...fromEnv])];
}

/** undefined: the file has mistakes, which are reported. */
function nxsOf(results: ReadonlyMap<FileName, Validated>): FileOutput<'nxs'> | undefined {
  return results.get('nxs')?.data as FileOutput<'nxs'> | undefined;
}

function assemble(
  place: Places,
  chain: Chain,
  locations: readonly Location[],
  results: ReadonlyMap<FileName, Validated>,
  { keys }: KeyFiles,
  warnings: readonly string[],
  dashboard: DashboardConfig,
  env: Environment,
): Config {
  const files = Object.fromEntries(locations.map((each) => [each.name, originOf(each)])) as Record<
    FileName,
    FileOrigin
  >;
  const data = <N extends FileName>(name: N) => results.get(name)?.data as FileOutput<N>;
  const { $schema: _nxs, ...nxs } = data('nxs');
  const providers = data('providers');
  const unset = locations.flatMap(({ name }) =>
    (results.get(name)?.tree.unset ?? []).map(({ path, variable }) => ({
      file: name,
      path: pathText(path),
      variable,
    })),
  );
  const config = {
    node: place.node,
    dataDir: place.dataDir,
    stateDir: place.stateDir,
    dirs: chain.dirs,
    files,
    nxs: overrideNxs({ ...nxs, temporal: withKeys(nxs.temporal, keys) }, env),
    providers,
    backup: data('backup-manifest').backup,
    sync: data('sync-manifest').sync,
    healing: data('healing').healing,
    dashboard,
    unset,
  };
  return freeze({ ...config, warnings: [...warnings, ...settingWarnings(config)] });
}

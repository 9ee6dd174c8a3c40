// `nxs config show`: what is in force, where it came from, nothing secret. Durations as people write them.
import { stringify } from 'yaml';
import { CONFIG_PARTS, placeOfPart, redact, redactPart, rootSpot, secretsOf } from './redact.js';
import { formatDuration } from './schemas/duration.js';
import { stepInto, type PathKey, type Spot } from './schemas/walk.js';
import { redactText } from './secret-text.js';
import type { Config } from './types.js';

/** The effective configuration as one JSON document (durations in ms), secrets as `***`. */
export function showJson(config: Config): unknown {
  return redact(config);
}

/** The effective configuration as YAML, a section for each file with its origin in a comment, secrets as `***`. */
export function showYaml(config: Config): string {
  const secrets = secretsOf(config);
  const head = [
    `# node:  ${config.node}`,
    `# data:  ${config.dataDir}`,
    `# state: ${config.stateDir}`,
    ...config.warnings.map((warning) => `# warning: ${warning}`),
    ...config.unset.map(({ file, path, variable }) => `# not set: ${variable} (${file}.yaml: ${path})`),
  ].map((line) => redactText(line, secrets));
  const sections = CONFIG_PARTS.map((part) => {
    const [file] = placeOfPart(part);
    const { path, origin } = config.files[file];
    const shown = redactPart(config, part);
    const whole = part === 'nxs' || part === 'providers' ? shown : { [part]: shown };
    return `# ${file}.yaml: ${path} (${origin === 'default' ? 'default' : 'yours'})\n${stringify(readable(whole, rootSpot(file)), { lineWidth: 0 })}`;
  });
  return `${head.join('\n')}\n\n${sections.join('\n')}`;
}

function readable(value: unknown, spot: Spot | null): unknown {
  if (typeof value === 'number') return spot?.duration === true ? formatDuration(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const below = (key: PathKey) => (spot === null ? null : stepInto(spot, key));
  if (Array.isArray(value)) return value.map((item, index) => readable(item, below(index)));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part, below(name))]));
}

// `node scripts/audit.mjs`: known holes (high and critical) in what an installation brings along. Fails on a finding; where the registry
// cannot be asked it says so in one line and passes, since a closed network is no hole.
import './support/node-version.mjs';

const { runMain, say, SetUpError } = await import('./support/say.mjs');
const { npm } = await import('./support/npm.mjs');
const { readAudit } = await import('./support/audit.mjs');

await runMain(async () => {
  const patience = ['--fetch-retries=0', '--fetch-timeout=20000'];
  const audit = readAudit(npm(['audit', '--omit=dev', '--json', ...patience]).stdout);
  if (audit.kind === 'unanswered') say(`audit: not done, the registry cannot be asked (${audit.reason})`);
  else if (audit.kind === 'clean') say(`audit: nothing known that is high or critical (${audit.note})`);
  else throw new SetUpError(`audit: ${audit.lines.length} found\n  ${audit.lines.join('\n  ')}`, 1);
});

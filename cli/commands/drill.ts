import type { Chosen } from '../../drill/choose.js';
import { flag, textOption, type Command, type Context } from '../definition.js';

export const drill: Command = {
  name: 'drill',
  summary: 'a game-day: real faults on stand-ins in a scratch directory, each judged, then the KPI table',
  details:
    'Nothing of yours is touched: own directories, own ports, own Temporal. Exit 0 passed, 1 a scenario failed or a KPI is missed, 4 something could not be judged (docs/drill.md).',
  options: [
    { flags: '--only <names>', summary: 'scenarios or groups, separated by commas; --list shows them' },
    { flags: '--seed <n>', summary: 'chance that can be had again; printed in the report' },
    { flags: '--break <what>', summary: '"healer": acts say done and do nothing; the drill must fail then' },
    { flags: '--report <files>', summary: 'also write it: .json, .md or .html; several with commas' },
    { flags: '--keep', summary: 'leave the scratch directory (configuration, logs, journals)' },
    { flags: '--list', summary: 'the scenarios, without running any' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { brokenOf, choose, namesOf, seedOf } = await import('../../drill/choose.js');
    const { allParts } = await import('../../drill/groups.js');
    const only = namesOf(textOption(invocation, 'only'));
    if (flag(invocation, 'list')) {
      list(context, choose(allParts(Promise.resolve()), only));
      return 0;
    }
    const { runDrill } = await import('../../drill/run.js');
    const { reportFiles, writeReports } = await import('../../drill/report/files.js');
    const { exitOf } = await import('../../drill/report/verdict.js');
    const { textOf } = await import('../../drill/report/text.js');
    const { watchDrill } = await import('../drill-progress.js');
    const seed = seedOf(textOption(invocation, 'seed'), Math.random);
    const broken = brokenOf(textOption(invocation, 'break'));
    const files = await reportFiles(textOption(invocation, 'report'));
    const progress = watchDrill(context, seed);
    const keep = flag(invocation, 'keep');
    const say = (line: string) => context.note(line);
    const end = await runDrill({ only, seed, broken, keep, say, listener: progress }).finally(progress.close);
    // What waits for something that will never come must not keep us here.
    if (end.kind === 'interrupted') process.exit(end.exit);
    const { report } = end;
    await writeReports(report, files);
    if (context.json) context.out(JSON.stringify(report));
    else for (const line of textOf(report, context.paint)) context.out(line);
    for (const file of files) context.note(`report: ${file}`);
    return exitOf(report);
  },
};

function list(context: Context, chosen: readonly Chosen[]): void {
  const all = chosen.flatMap(({ part, names }) =>
    part.scenarios
      .filter(({ name }) => names.includes(name))
      .map(({ name, hypothesis }) => ({ group: part.name, name, hypothesis })),
  );
  if (context.json) context.out(JSON.stringify({ scenarios: all }));
  else
    for (const { group, name, hypothesis } of all)
      context.out(`${`${group}/${name}`.padEnd(38)}${hypothesis}`);
}

import { LOG_LEVELS, type LogLevel } from '../../domain/log-record.js';
import { NxsError } from '../../domain/errors.js';
import { countOption, flag, textOption, type Command, type Context, type Invocation } from '../definition.js';
import type { LogQuery, NodeLogs } from '../../workers/logs.js';

/** Records that are shown when nobody says how many. */
const LAST = 100;
const MOST = 999_999;
/** ms between two looks at the files. */
const EVERY = 300;

export const logs: Command = {
  name: 'logs',
  summary: 'the logs of all processes of this node as one, oldest first; the control plane need not run',
  details: `Shows the last ${LAST} lines, or all since a time with --since. Rotated files are read too. With --json, one document; with --follow --json, a document for each line as it comes.`,
  options: [
    { flags: '--follow', summary: 'go on with what is written from now on, until Ctrl-C' },
    { flags: '--since <duration>', summary: 'only younger than this, for example 1h' },
    { flags: '--last <n>', summary: `only the latest n (default ${LAST}, with --since all)` },
    { flags: '--level <level>', summary: `only this grave or graver: ${LOG_LEVELS.join(', ')}` },
    {
      flags: '--from <process>',
      summary: 'only these: supervisor, gateway, worker, temporal; several with commas',
    },
    { flags: '--grep <text>', summary: 'only lines with this text in them' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { openLogs, logNames } = await import('../../workers/logs.js');
    const { logDirectory } = await import('../../workers/log-directory.js');
    const query = await queryOf(invocation);
    const config = await loadFor(context);
    const directory = logDirectory(config.stateDir);
    const known = [...new Set([...(await logNames(directory)), ...USUAL])];
    for (const name of query.from ?? [])
      if (!known.includes(name))
        throw new NxsError('USAGE', `--from "${name}" is none of the logs: ${known.join(', ')}.`);
    const opened = await openLogs(config.stateDir, query);
    try {
      return await (flag(invocation, 'follow') ? follow(context, opened) : show(context, opened));
    } finally {
      await opened.close();
    }
  },
};

const USUAL = ['supervisor', 'gateway', 'worker', 'temporal'];

async function queryOf(invocation: Invocation): Promise<LogQuery> {
  const { parseDuration } = await import('../duration.js');
  const since = textOption(invocation, 'since');
  const level = textOption(invocation, 'level') ?? 'trace';
  if (!isLevel(level)) throw new NxsError('USAGE', `--level "${level}" is none of ${LOG_LEVELS.join(', ')}.`);
  return {
    from: textOption(invocation, 'from')?.split(',') ?? null,
    level,
    since: since === undefined ? null : Date.now() - parseDuration(since, '--since'),
    grep: textOption(invocation, 'grep') ?? null,
    last: countOption(invocation, 'last') ?? (since === undefined ? LAST : MOST),
  };
}

function isLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}

async function show(context: Context, opened: NodeLogs): Promise<number> {
  const { directory, names } = opened;
  const records = await opened.next();
  if (context.json) {
    context.out(JSON.stringify({ directory, logs: names, records }));
    return 0;
  }
  const { logText } = await import('../log-text.js');
  for (const record of records) context.out(logText(record, context.paint));
  tellWhere(context, opened);
  if (records.length === 0) context.note('no line of that kind is there');
  return 0;
}

async function follow(context: Context, opened: NodeLogs): Promise<number> {
  const { logText } = await import('../log-text.js');
  const { wait } = await import('../../workers/wait.js');
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    tellWhere(context, opened);
    while (!ended.signal.aborted) {
      for (const record of await opened.next())
        context.out(context.json ? JSON.stringify(record) : logText(record, context.paint));
      await wait(EVERY, ended.signal);
    }
    return 0;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}

function tellWhere(context: Context, { directory, names }: NodeLogs): void {
  const which =
    names.length === 0 ? 'nothing yet; `nxs up` writes them' : names.map((name) => `${name}.log`).join(', ');
  context.note(`in ${directory}: ${which}`);
}

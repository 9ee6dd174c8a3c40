import type { Command as Commander } from 'commander';
import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../cli/program.js';
import { COMMANDS } from '../../cli/registry.js';
import { collect, ensureBuilt, nxs, ROOT, sealedEnv } from '../support/e2e-cli.js';
import { fill, makePlace, removePlace, type Place } from '../support/e2e-place.js';

const ESCAPE = '\u001b';

let place: Place;
beforeAll(async () => {
  ensureBuilt();
  place = await makePlace();
  await fill(place.dataDir, { 'MEMORY.md': '# Memory' });
}, 120_000);
afterAll(() => removePlace(place));

const run = (...args: readonly string[]) => nxs(args, place.env);

it('every group of commands says what it is for', () => {
  const groups = buildProgram(() => Promise.resolve()).commands.filter((each) => each.commands.length > 0);
  expect(groups.filter((each) => each.description() === each.name()).map((each) => each.name())).toEqual([]);
});

describe('what cannot be meant', () => {
  it.each([
    [['bakcup'], /backup/],
    [['backup', 'rnu'], /run/],
    [['backup', 'verify', '--ful'], /--full/],
    [['backup', 'verify', '--full', '--quick'], /cannot stand together/],
    [['backup', 'restore', '--undo', '--to', '/tmp/x'], /--undo takes back a whole restore/],
    [['backup', 'restore', '--at'], /argument missing/],
    [['journal', 'show', '--last', 'many'], /is not a number/],
    [['journal', 'show', '--since', 'yesterday'], /--since/],
    [['completion', 'tcsh'], /choose bash, zsh or fish/],
    [['completion'], /missing required argument/],
    [['provider', 'switch'], /one of --backup, --to NAME and --primary/],
    [['provider', 'swich'], /switch/],
    [['ask'], /missing required argument/],
    [['up', '--port', '99999'], /port number/],
    [['up', '--temporal', 'nowhere'], /HOST:PORT/],
    [['up', '--node', 'a b'], /is not a node name/],
    [['up', 'extra'], /too many arguments/],
    [['backup'], /backup run|run \[options\]/],
  ])('%j is refused with 2 and says what is', async (args, words) => {
    const said = await run(...args);
    expect(said.code).toBe(2);
    expect(said.stdout).toBe('');
    expect(said.stderr).toMatch(words);
    expect(said.stderr).not.toMatch(/\n {4}at /);
  });

  it.each([
    [['backup', 'run', '--jsno', '--json']],
    [['nonsense', '--json']],
    [['backup', 'verify', '--full', '--quick', '--json']],
  ])('%j is one JSON error on stdout', async (args) => {
    const said = await run(...args);
    expect(said.code).toBe(2);
    expect(Object.keys(said.json())).toEqual(['error']);
    expect(said.json()['error']).toMatchObject({ code: 'USAGE', message: expect.any(String) as string });
    expect(Object.keys(said.json()['error'] as object)).toEqual(['code', 'message', 'hint', 'details']);
  });
});

describe('with nothing running', () => {
  it.each([
    ['backup run', 3],
    ['backup verify', 3],
    ['backup restore', 3],
    ['backup restore --offline', 1],
    ['backup status', 1],
    ['status', 1],
    ['config check', 0],
    ['config show', 0],
    ['journal show', 0],
    ['journal verify', 0],
    ['doctor', 0],
    ['ask hello', 3],
    ['provider list', 0],
    ['provider switch --backup', 3],
    ['provider reset', 3],
    ['provider verify', 1],
  ])('%s ends with %i, in words and in JSON', async (words, code) => {
    const said = await run(...words.split(' '));
    const json = await run(...words.split(' '), '--json');
    expect([said.code, json.code]).toEqual([code, code]);
    const document = JSON.parse(json.stdout) as unknown;
    if (code === 3) {
      expect(document).toMatchObject({ error: { code: 'TEMPORAL_UNREACHABLE' } });
      expect(said.stderr).toMatch(/^nxs: No control plane is running .+\n {2}Start the control plane/m);
    }
    expect(said.stdout + said.stderr + json.stdout + json.stderr).not.toContain(ESCAPE);
  });
});

const onTerminal = spawnSync('script', ['--version']).error === undefined;

describe.skipIf(!onTerminal)(`on a terminal${onTerminal ? '' : ' (needs the program script)'}`, () => {
  const onTty = (env: NodeJS.ProcessEnv) => {
    const command = `${process.execPath} ${join(ROOT, 'bin/nxs')} status`;
    const all = sealedEnv({ ...place.env, TERM: 'xterm', ...env });
    return spawnSync('script', ['-qec', command, '/dev/null'], { env: all, encoding: 'utf8' }).stdout;
  };

  it('there are colours, and with NO_COLOR there are none', () => {
    expect(onTty({})).toContain(`${ESCAPE}[31mnot running${ESCAPE}[0m`);
    expect(onTty({ NO_COLOR: '1' })).toContain('control plane  not running');
    expect(onTty({ NO_COLOR: '1' })).not.toContain(ESCAPE);
  });
});

describe('a configuration with mistakes', () => {
  it('is refused with 2, every mistake with its line, by every command that reads it', async () => {
    const bad = await makePlace();
    try {
      await writeFile(
        join(bad.configDir, 'backup-manifest.yaml'),
        'backup:\n  evry: 1h\n  recency_limit: soon\n',
      );
      const checked = await nxs(['config', 'check', '--json'], bad.env);
      expect(checked.code).toBe(2);
      expect(checked.json()).toMatchObject({ ok: false });
      const problems = checked.json()['problems'] as { line: number; message: string }[];
      expect(problems.map(({ line }) => line)).toEqual(expect.arrayContaining([2, 3]));
      expect(JSON.stringify(problems)).toContain('every');
      for (const args of [['backup', 'run'], ['status'], ['up'], ['backup', 'restore', '--offline']]) {
        const said = await nxs(args, bad.env);
        expect([args, said.code]).toEqual([args, 2]);
        expect(said.stderr).toContain('backup-manifest.yaml:2');
      }
    } finally {
      await removePlace(bad);
    }
  }, 60_000);

  it('a configuration directory that does not exist is a mistake too', async () => {
    const said = await nxs(['--config', join(place.root, 'none'), 'config', 'check'], place.env);
    expect(said.code).toBe(2);
    expect(said.stdout + said.stderr).toContain('does not exist');
  });
});

describe('help', () => {
  it('names every command with its summary', async () => {
    const { stdout, code } = await run('help');
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) {
      const [first = '', second] = name.split(' ');
      expect(stdout).toContain(first);
      if (second === undefined) expect(stdout.replace(/\s+/g, ' ')).toContain(summary);
    }
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s is made from its definition',
    (name, command) => {
      const text = helpOf(name.split(' ')).replace(/\s+/g, ' ');
      expect(text).toContain(command.summary);
      for (const { name: argument, summary } of command.args ?? [])
        expect(text).toContain(`${argument.replace(/[[\]<>.]/g, '')} ${summary}`);
      for (const { flags, summary } of command.options ?? []) expect(text).toContain(`${flags} ${summary}`);
      if (command.json === true) expect(text).toContain('--json one JSON document on stdout');
    },
  );

  it('--version is the package version', async () => {
    const { stdout } = await run('--version');
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

function helpOf(words: readonly string[]): string {
  let at: Commander | undefined = buildProgram(() => Promise.resolve());
  for (const word of words) at = at?.commands.find((command) => command.name() === word);
  return at?.helpInformation() ?? '';
}

describe('npm start', () => {
  it('hands its arguments to nxs up, and its exit code back', async () => {
    const child = spawn('npm', ['start', '--silent', '--', '--port', 'nonsense'], {
      cwd: ROOT,
      env: sealedEnv(place.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = await collect(child);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('port number');
  }, 60_000);
});

describe('completion', () => {
  const complete = (script: string, words: readonly string[]): string[] => {
    const line = ['nxs', ...words].map((word) => `'${word}'`).join(' ');
    const code = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _nxs; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, status, stderr } = spawnSync('bash', ['-c', code], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter(Boolean).sort();
  };

  it('for bash offers the commands, their parts and their options', async () => {
    const { stdout: script } = await run('completion', 'bash');
    expect(complete(script, ['back'])).toEqual(['backup']);
    expect(complete(script, ['backup', ''])).toEqual([
      'diff',
      'drill',
      'init',
      'list',
      'restore',
      'run',
      'status',
      'verify',
    ]);
    expect(complete(script, ['backup', 'verify', '--f'])).toEqual(['--full']);
    expect(complete(script, ['backup', 'verify', '--full', '--d'])).toEqual(['--destination']);
    const first = new Set(complete(script, ['']));
    for (const { name } of COMMANDS) expect(first).toContain(name.split(' ')[0]);
  });

  it.each(['zsh', 'fish'] as const)('for %s is a script that the shell takes', async (shell) => {
    const { stdout: script, code } = await run('completion', shell);
    expect(code).toBe(0);
    expect(script).toContain('restore');
    // Where the shell is not installed its own check cannot be asked.
    const checked = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
    if (checked.error === undefined) expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});

describe('init', () => {
  it('writes what is missing, keeps what is there, and what it wrote is valid', async () => {
    const dir = join(place.root, 'fresh');
    const first = await nxs(['--config', dir, 'init', '--json'], place.env);
    expect(first.json()).toMatchObject({ dir, kept: [] });
    expect(Object.keys(first.json())).toEqual(['dir', 'written', 'kept']);
    const again = await nxs(['--config', dir, 'init', '--json'], place.env);
    expect(again.json()).toMatchObject({ written: [], kept: first.json()['written'] });
    expect((await nxs(['--config', dir, 'config', 'check'], place.env)).code).toBe(0);
  });
});

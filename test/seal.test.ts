import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endLeftovers } from './support/leftovers.js';
import { isLoopback, takeViolations } from './support/network-guard.js';

describe('the seal around every test', () => {
  it('gives a scratch HOME and temporary directory, and UTC', () => {
    expect(homedir()).toBe(process.env['HOME']);
    expect(homedir()).toMatch(/nxs-.+\/home$/);
    expect(tmpdir()).toMatch(/nxs-.+\/tmp$/);
    expect(new Date(0).getTimezoneOffset()).toBe(0);
  });

  it('hides the git identity, the proxies and the keys of the machine', () => {
    const identity = spawnSync('git', ['config', '--get-regexp', '^user'], {
      encoding: 'utf8',
      cwd: tmpdir(),
    });
    expect(identity.stdout).toBe('');
    const names = Object.keys(process.env).filter((name) => /proxy$|_TOKEN$|^GIT_AUTHOR/i.test(name));
    expect(names).toEqual([]);
  });

  it('refuses a connection beyond loopback and remembers it', async () => {
    const socket = connect(80, '192.0.2.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ENETUNREACH');
    await expect(fetch('http://192.0.2.7:81/')).rejects.toThrow();
    expect(takeViolations()).toEqual(['192.0.2.1', '192.0.2.7']);
  });

  it('lets loopback through', async () => {
    const server = createServer((_request, response) => response.end('here'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await (await fetch(`http://localhost:${String(port)}/`)).text()).toBe('here');
    server.close();
    expect(takeViolations()).toEqual([]);
  });

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'counts %s as loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['10.0.0.1', 'localhost.example', '0.0.0.0', '128.0.0.1', '::2'])(
    'counts %s as outside',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it.runIf(process.platform === 'linux')(
    'finds a child that was left behind, names it and ends it',
    async () => {
      const child = spawn('sleep', ['61'], { stdio: 'ignore' });
      const left = await endLeftovers('no such mark');
      expect(left).toEqual([`${String(child.pid)} sleep 61`]);
      if (child.signalCode === null) await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
    },
  );
});

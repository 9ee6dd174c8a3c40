import { chmodSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressOf } from '../../../adapters/hub/address.js';
import { hubFailure } from '../../../adapters/hub/failure.js';
import { writeRef } from '../../../adapters/hub/refs.js';
import { validTree } from '../../../domain/sync/remote-tree.js';
import { bare, commit, git, hubAt, scratch } from './fixtures.js';

describe('a hub that cannot be worked with', () => {
  it('is out of reach when its directory is not there, and is not made', async () => {
    const gone = path.join(scratch(), 'not', 'there.git');
    const hub = await hubAt(gone);
    await expect(hub.tip()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    await expect(hub.fetch()).rejects.toThrow(/no git repository at .*there\.git/);
    await expect(hub.publish(await commit(hub, null, { a: '1' }), null)).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
    });
  });

  it('is out of reach when nobody listens', async () => {
    const hub = await hubAt('http://127.0.0.1:9/x.git');
    await expect(hub.fetch()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
  });

  it('denies us when it answers 401, and the token is in no message', async () => {
    const heard: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    const hub = await hubAt(url, { token: 'very-secret-token' });
    const error = await hub.fetch().then(
      () => null,
      (thrown: unknown) => thrown as { code: string; message: string },
    );
    expect(error?.code).toBe('HUB_DENIED');
    expect(JSON.stringify(error?.message)).not.toMatch(/very-secret|dmVyeS1zZWNyZXQ/);
    const basic = Buffer.from('x-access-token:very-secret-token').toString('base64');
    expect(heard[0]).toBe(`Basic ${basic}`);
  });

  it('is damaged when an object of our copy is', async () => {
    const dir = scratch();
    const hub = await hubAt(null, { dir });
    const first = await commit(hub, null, { a: 'content that matters' });
    const [entry] = await hub.list(first);
    const packs = path.join(dir, 'repo.git/objects/pack');
    for (const name of readdirSync(packs).filter((each) => each.endsWith('.pack'))) {
      chmodSync(path.join(packs, name), 0o600);
      writeFileSync(path.join(packs, name), 'nonsense');
    }
    await expect(hub.read([entry?.oid ?? ''])).rejects.toMatchObject({ code: 'HUB_DAMAGED' });
  });

  it('takes a tree with hostile names, which our own rules then refuse one by one', async () => {
    const remote = bare();
    const blob = git(remote, 'hash-object', '-w', '--stdin');
    const raw = (name: string, mode = '100644') =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(blob, 'hex')]);
    const tree = Buffer.concat([raw('..'), raw('.git'), raw('MEMORY.md'), raw('aux.md'), raw('x\ny.md')]);
    const file = path.join(scratch(), 'tree');
    writeFileSync(file, tree);
    const id = git(remote, 'hash-object', '-t', 'tree', '-w', '--literally', file);
    git(remote, 'update-ref', 'refs/heads/main', git(remote, 'commit-tree', '-m', 'hostile', id));
    const hub = await hubAt(remote);
    const tip = await hub.fetch();
    const entries = await hub.list(tip ?? '');
    const { tree: good, rejected } = validTree(entries, { covers: () => true, largest: 1000 });
    expect([...good.keys()]).toEqual(['MEMORY.md']);
    expect(rejected.length).toBe(4);
  });

  it('is not led astray by what a user has configured', async () => {
    const home = scratch();
    const ran = path.join(home, 'ran');
    const hook = path.join(home, 'hooks', 'reference-transaction');
    mkdirSync(path.dirname(hook));
    writeFileSync(hook, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    writeFileSync(
      path.join(home, '.gitconfig'),
      `[core]\n\thooksPath = ${path.dirname(hook)}\n[commit]\n\tgpgSign = true\n[transfer]\n\thideRefs = refs\n`,
    );
    vi.stubEnv('HOME', home);
    vi.stubEnv('GIT_DIR', '/nowhere');
    vi.stubEnv('GIT_CONFIG_GLOBAL', path.join(home, '.gitconfig'));
    vi.stubEnv('GIT_SSH_COMMAND', `touch ${ran}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const hub = await hubAt(null);
    const first = await commit(hub, null, { a: '1' });
    expect(await hub.publish(first, null)).toBe('published');
    expect(await hub.fetch()).toBe(first);
    expect(() => readFileSync(ran)).toThrow(/ENOENT/);
  });

  it('is spoken to over ssh with our options, our key and nobody asking', async () => {
    const remote = bare();
    const bin = scratch();
    const told = path.join(bin, 'told');
    // ssh itself is not what is tried here: what it is told is, and that git works through it.
    writeFileSync(
      path.join(bin, 'ssh'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${told}\nfor last; do :; done\nexec sh -c "$last"\n`,
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const hub = await hubAt(`git@host.example:${remote}`, {
      sshKey: '/keys/it is/mine',
      knownHosts: 'accept-new',
    });
    const first = await commit(hub, null, { a: '1' });
    expect(await hub.publish(first, null)).toBe('published');
    expect(await hub.tip()).toBe(first);
    const options = readFileSync(told, 'utf8').split('\n');
    expect(options).toEqual(
      expect.arrayContaining([
        'BatchMode=yes',
        'StrictHostKeyChecking=accept-new',
        'IdentityFile="/keys/it is/mine"',
      ]),
    );
  });
});

describe('an address', () => {
  it.each([
    ['ssh://git@hub/x.git', 'network', 'ssh://hub/x.git'],
    ['git@hub:x.git', 'network', 'hub:x.git'],
    ['https://hub/x.git', 'network', 'https://hub/x.git'],
    ['https://me:pass@hub/x.git', 'network', 'https://hub/x.git'],
    ['/srv/x.git', 'local', '/srv/x.git'],
    ['file:///srv/x.git', 'local', '/srv/x.git'],
  ])('%s', (remote, kind, shown) => {
    expect(addressOf(remote, '/s')).toMatchObject({ kind, shown });
  });

  it.each([
    ['http://hub/x.git', /in clear/],
    ['ssh://me:pass@hub/x.git', /password/],
    ['ext::sh -c x', /protocol|neither/],
    ['ssh://-oProxyCommand=x/y', /host/],
    ['-oProxyCommand=x:y', /neither/],
    ['x.git', /neither/],
  ])('%s is refused', (remote, why) => {
    expect(() => addressOf(remote, '/s')).toThrow(why);
  });
});

it.each([
  ['git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'HUB_DENIED'],
  [
    'ssh: Could not resolve hostname h: Name or service not known\nfatal: Could not read from remote repository.',
    'HUB_UNREACHABLE',
  ],
  ['ssh: connect to host h port 22: Connection refused', 'HUB_UNREACHABLE'],
  ['fatal: unable to access: The requested URL returned error: 403', 'HUB_DENIED'],
  ['fatal: unable to access: The requested URL returned error: 503', 'HUB_UNREACHABLE'],
  ['Host key verification failed.', 'HUB_DENIED'],
  ['error: object file is empty\nfatal: loose object abc is corrupt', 'HUB_DAMAGED'],
  ["fatal: detected dubious ownership in repository at '/srv/x.git'", 'HUB_DENIED'],
])('%s', (stderr, code) => {
  expect(hubFailure('h', stderr, []).code).toBe(code);
});

describe('a process that was killed while it wrote a ref', () => {
  it('does not stop the fetches that come after it', async () => {
    const dir = scratch();
    const remote = bare();
    const hub = await hubAt(remote, { dir });
    await hub.publish(await commit(hub, null, { a: '1' }), null);
    const left = path.join(dir, 'repo.git/refs/remotes/hub/main.30770-1ed6b5a8.tmp');
    mkdirSync(path.dirname(left), { recursive: true });
    writeFileSync(left, '');
    await hub.prepare();
    expect(await hub.fetch()).toMatch(/^[0-9a-f]{40}$/);
    expect(readdirSync(path.dirname(left))).toEqual(['main']);
  });

  it('leaves nothing that git takes for a ref', async () => {
    const dir = scratch();
    const seen = new Set<string>();
    const refs = path.join(dir, 'repo.git/refs/nxs');
    mkdirSync(refs, { recursive: true });
    const watcher = watch(refs, (_event, name) => void seen.add(String(name)));
    onTestFinished(() => watcher.close());
    await writeRef(path.join(dir, 'repo.git'), 'refs/nxs/x', 'a'.repeat(40));
    await vi.waitFor(() => expect([...seen]).toContain('x'));
    expect([...seen]).toEqual(['x']);
  });
});

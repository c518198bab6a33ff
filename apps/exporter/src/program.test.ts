import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROGRAM } from './test/program-path.js';

interface Child {
  readonly process: ReturnType<typeof spawn>;
  readonly ended: Promise<{ status: number | string; stdout: string; stderr: string }>;
  /** The address that it says it listens on. */
  url(): Promise<string>;
  stderr(): string;
}

const children = new Set<ReturnType<typeof spawn>>();

const start = (...words: readonly string[]): Child => {
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SCST_LOCAL_CONNECT: '' } });
  children.add(child);
  const texts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => (texts[stream] += text));
  const ended = new Promise<{ status: number | string; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      children.delete(child);
      resolve({ status: code ?? signal ?? 'nothing', ...texts });
    });
  });
  const listening = (): string | undefined => {
    const line = texts.stderr.split('\n').find((candidate) => candidate.includes('"listening"'));
    return line === undefined ? undefined : (JSON.parse(line) as { url: string }).url;
  };
  return {
    process: child,
    ended,
    stderr: () => texts.stderr,
    url: async () => {
      await expect.poll(listening, { timeout: 15_000, interval: 30 }).toBeDefined();
      return listening() ?? '';
    },
  };
};

/** The outlines of a tree, as files: what the kernel's would be to the program. */
const makeTree = (root: string): void => {
  const files = {
    measure_latency: '0\n',
    version: 'SCST version: 3.11.0-pre\n',
    'targets/scst_local/version': '3.11.0-pre\n',
    'targets/scst_local/stats': 'Aborts: 1, Device Resets: 0, Target Resets: 0\n',
    'targets/scst_local/t/sessions/s/initiator_name': 's\n',
    'targets/scst_local/t/sessions/s/read_cmd_count': '5\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, 'devices'));
};

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-exporter-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('scst-exporter', () => {
  it('prints metrics once', async () => {
    makeTree(directory);
    const { status, stdout, stderr } = await start('--once', '--connect', directory, '--allow-metric', 'scst_up', '--allow-metric', 'scst_driver_aborts_total').ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['scst_up 1', 'scst_driver_aborts_total{driver="scst_local"} 1', expect.stringMatching(/^scst_exporter_build_info\{version="\d/u)]);
  });

  it('says that there is no SCST', async () => {
    const { status, stdout } = await start('--once', '--connect', join(directory, 'nothing')).ended;
    expect([status, stdout.includes('scst_up 0\n')]).toEqual([3, true]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s', async (signal) => {
    makeTree(directory);
    const child = start('--listen', '127.0.0.1:0', '--connect', directory);
    const url = await child.url();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('scst_session_commands_total{driver="scst_local",target="t",group="",session="s",direction="read"} 5\n');
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    child.process.kill(signal);
    const { status, stdout } = await child.ended;
    expect([status, stdout]).toEqual([0, '']);
  });

  it('starts before there is an SCST, and finds it', async () => {
    const root = join(directory, 'later');
    const child = start('--listen', '127.0.0.1:0', '--connect', root);
    const url = await child.url();
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('scst_up 0\n');
    expect((await fetch(`${url}/-/ready`)).status).toBe(503);
    expect(child.stderr()).toContain('there is no SCST yet');
    makeTree(root);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('scst_up 1\n');
    child.process.kill('SIGTERM');
    expect((await child.ended).status).toBe(0);
  });

  it('reads on past attributes that hang in the kernel, and ends even so', async () => {
    makeTree(directory);
    // Opening a FIFO that nobody writes blocks a thread, as a read does that SCST does not answer.
    const hanging = ['write_cmd_count', 'bidi_cmd_count', 'none_cmd_count', 'read_io_count_kb', 'write_io_count_kb', 'bidi_io_count_kb'];
    for (const name of hanging) execFileSync('mkfifo', [join(directory, 'targets/scst_local/t/sessions/s', name)]);
    const child = start('--listen', '127.0.0.1:0', '--connect', directory, '--attribute-timeout', '0.3');
    const url = await child.url();
    for (let time = 0; time < 3; time++) {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toContain('session="s",direction="read"} 5\n');
      expect(text).toContain(`scst_scrape_stuck_reads ${hanging.length}\n`);
    }
    child.process.kill('SIGTERM');
    expect((await child.ended).status).toBe('SIGTERM');
  });

  it('asks for passwords as its web configuration says', async () => {
    makeTree(directory);
    writeFileSync(join(directory, 'web.yml'), `basic_auth_users: { alice: ${hashSync('wonder', 4)} }\n`);
    const child = start('--listen', '127.0.0.1:0', '--connect', directory, '--web-config', join(directory, 'web.yml'));
    const url = await child.url();
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const authorization = `Basic ${Buffer.from('alice:wonder').toString('base64')}`;
    expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(200);
    writeFileSync(join(directory, 'web.yml'), '{}\n');
    child.process.kill('SIGHUP');
    await expect.poll(async () => (await fetch(`${url}/metrics`)).status, { timeout: 5000 }).toBe(200);
    child.process.kill('SIGTERM');
    const { status, stderr } = await child.ended;
    expect([status, stderr.includes('wonder'), stderr.includes('$2')]).toEqual([0, false, false]);
  });

  it('warns when others can reach it without a password', async () => {
    const child = start('--listen', '0.0.0.0:0', '--connect', join(directory, 'nothing'));
    await child.url();
    expect(child.stderr()).toContain('neither TLS nor a password');
    child.process.kill('SIGTERM');
    await child.ended;
  });

  it('refuses an address that is taken', async () => {
    const first = start('--listen', '127.0.0.1:0', '--connect', directory);
    const { port } = new URL(await first.url());
    const { status, stderr } = await start('--listen', `127.0.0.1:${port}`).ended;
    expect([status, stderr]).toEqual([1, `scst-exporter: cannot listen on 127.0.0.1:${port}: something else listens there (EADDRINUSE)\n`]);
    first.process.kill('SIGTERM');
    await first.ended;
  });

  it.each([
    [['--listen', '9893'], 'no address to listen on'],
    [['--timeout', '0'], 'number of seconds'],
    [['--concurrency', 'many'], 'whole number'],
    [['--latency-buckets', '1,1'], 'ascending'],
    [['--deny-metric', ''], 'not empty'],
    [['--web-config', '/nonexistent/web.yml'], 'cannot be read: ENOENT'],
    [['--nonsense'], 'unknown option'],
    [['surplus'], 'too many arguments'],
  ])('refuses %j', async (words, reason) => {
    const { status, stdout, stderr } = await start(...words).ended;
    expect([status, stdout, stderr.includes(reason)]).toEqual([2, '', true]);
  });

  it('has help and a version', async () => {
    const [help, version] = await Promise.all([start('--help').ended, start('--version').ended]);
    expect([help.status, help.stdout.includes('--deny-session'), help.stdout.includes('Exit status:')]).toEqual([0, true, true]);
    expect([version.status, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/u)]);
  });
});

describe('standard output that is full', () => {
  it.each([[['--help']], [['--once', '--connect', '/nonexistent']]])('makes %j fail in one line', (words) => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    closeSync(full);
    expect([status, stderr]).toEqual([1, 'scst-exporter: standard output took only a part of what was printed: ENOSPC: no space left on device, write\n']);
  });
});

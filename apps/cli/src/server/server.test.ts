import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CliError } from '../errors.js';
import { runCli } from '../test/run-cli.js';
import { temporaryDirectory } from '../test/temporary.js';
import { Cleanups } from './cleanups.js';
import { lockState, StateLockedError } from '@scst/local';
import { chooseModules, parseModule } from './modules.js';
import { type ServerOptions, startServer } from './serve.js';

describe('the lock of a state directory', () => {
  it('is one process’s, and says whose', async () => {
    await using directory = await temporaryDirectory();
    const lock = await lockState(directory.path, '/run/first.sock');
    const refusal = await lockState(directory.path, '/run/second.sock').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StateLockedError);
    expect(refusal).toMatchObject({ code: 'LOCKED', holder: { pid: process.pid, socket: '/run/first.sock' } });
    expect(String(refusal)).toContain(`process ${process.pid}, which serves on /run/first.sock`);
    await lock.release();
    expect(await readdir(directory.path)).toEqual([]);
    await (await lockState(directory.path, '/run/third.sock')).release();
  });

  it.each([
    ['of a process that has ended', { pid: 2 ** 22 + 1, began: '1', socket: '/run/x' }],
    ['of an earlier process of the same number', { pid: process.pid, began: 'another time', socket: '/run/x' }],
    ['that says nothing', 'rubbish'],
  ])('%s is taken over', async (_, content) => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('scst-local.lock'), typeof content === 'string' ? content : JSON.stringify(content));
    const lock = await lockState(directory.path, '/run/new.sock');
    expect(JSON.parse(await readFile(directory.file('scst-local.lock'), 'utf8'))).toMatchObject({ pid: process.pid, socket: '/run/new.sock' });
    await lock.release();
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('comes with a directory in which nothing half written is left', async () => {
    await using directory = await temporaryDirectory();
    const lock = await lockState(directory.path, '/run/first.sock');
    await mkdir(directory.file('atomic'));
    const left = directory.file('atomic/0123.0123456789ab.new');
    await writeFile(left, 'half');
    await expect(lockState(directory.path, '/run/second.sock')).rejects.toBeInstanceOf(StateLockedError);
    expect(await readdir(directory.file('atomic'))).toHaveLength(1);
    await lock.release();
    await (await lockState(directory.path, '/run/third.sock')).release();
    expect(await readdir(directory.file('atomic'))).toEqual([]);
  });

  it('goes to exactly one of many who want it at once, over a stale one too', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('stale'), JSON.stringify({ pid: 2 ** 22 + 1, began: '1', socket: '/run/x' }));
    await link(directory.file('stale'), directory.file('scst-local.lock'));
    const results = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => lockState(directory.path, `/run/${index}.sock`)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    for (const result of results) if (result.status === 'fulfilled') await result.value.release();
    expect(await readdir(directory.path)).toEqual(['stale']);
  });
});

describe('modules to load', () => {
  it('are the usual ones, with those named in their places or after them', () => {
    expect(chooseModules([], true).map(({ name }) => name)).toEqual(['scst', 'scst_vdisk', 'scst_local']);
    expect(chooseModules([parseModule('scst_local,add_default_tgt=0'), parseModule('scst_disk')], true)).toEqual([
      { name: 'scst', parameters: {} },
      { name: 'scst_vdisk', parameters: {} },
      { name: 'scst_local', parameters: { add_default_tgt: '0' } },
      { name: 'scst_disk', parameters: {} },
    ]);
    expect(chooseModules([parseModule('scst')], false)).toEqual([{ name: 'scst', parameters: {} }]);
    expect(chooseModules([], false)).toEqual([]);
  });

  it.each(['', ',x=1', 'a b', 'scst,nonsense'])('cannot be “%s”', (text) => {
    expect(() => parseModule(text)).toThrow(CliError);
  });
});

describe('Cleanups', () => {
  it('run the last first, all of them, and tell what failed', async () => {
    const order: number[] = [];
    const cleanups = new Cleanups();
    const failure = new Error('no');
    for (const number of [1, 2, 3]) {
      cleanups.add(() => {
        order.push(number);
        return number === 2 ? Promise.reject(failure) : Promise.resolve();
      });
    }
    expect(await cleanups.run()).toEqual([failure]);
    expect(order).toEqual([3, 2, 1]);
    expect(await cleanups.run()).toEqual([]);
  });
});

const options = (directory: { file(name: string): string }, given: Partial<ServerOptions> = {}): ServerOptions => ({
  socket: directory.file('socket'),
  stateDirectory: directory.file('state'),
  profile: 'scst',
  modules: [],
  mountDirectory: undefined,
  config: undefined,
  saveOnExit: false,
  ...given,
});

describe('a server', () => {
  it('leaves an empty state directory and no socket', async () => {
    await using directory = await temporaryDirectory();
    const server = await startServer(options(directory));
    expect((await readdir(directory.path)).sort()).toEqual(['socket', 'state']);
    expect(await server.stop()).toEqual([]);
    expect(await readdir(directory.path)).toEqual(['state']);
    expect(await readdir(directory.file('state'))).toEqual([]);
  });

  it('that cannot start leaves nothing held', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('socket'), 'mine');
    await expect(startServer(options(directory))).rejects.toMatchObject({ code: 'ERR_SOCKET_PATH' });
    await expect(startServer(options(directory, { modules: [{ name: 'nosuch', parameters: {} }] }))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(directory.file('state'))).toEqual([]);
    const server = await startServer(options(directory, { socket: directory.file('other') }));
    await server.stop();
  });

  it('has metrics where it is asked to, and lets go of the port', async () => {
    await using directory = await temporaryDirectory();
    const server = await startServer(options(directory, { modules: chooseModules([], true), metrics: { host: '127.0.0.1', port: 0 } }));
    const url = server.metricsUrl ?? '';
    expect(await (await fetch(url)).text()).toContain('scst_target_sessions{driver="scst_local",target="scst_local_tgt"} 1\n');
    const { port } = new URL(url);
    const second = startServer(options(directory, { socket: directory.file('2'), stateDirectory: directory.file('state2'), metrics: { host: '127.0.0.1', port: Number(port) } }));
    await expect(second).rejects.toMatchObject({ code: 'FAILED', message: `metrics cannot be served on 127.0.0.1:${port}: something else listens there` });
    expect(await server.stop()).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each(['0.0.0.0:9893', '9893', '[::]:1'])('has no metrics at %s', async (address) => {
    await using directory = await temporaryDirectory();
    const { exit, stderr } = await runCli(['serve', '--socket', directory.file('socket'), '--state', directory.file('state'), '--metrics', address]);
    expect([exit, stderr.includes('--metrics')]).toEqual([2, true]);
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('without modules is talked to, and told to load them', async () => {
    await using directory = await temporaryDirectory();
    const server = await startServer(options(directory));
    const at = ['--connect', server.socket];
    const { exit, stdout } = await runCli([...at, 'status']);
    expect([exit, stdout.includes('scst is not loaded')]).toEqual([0, true]);
    expect((await runCli([...at, 'module', 'load', 'scst'])).exit).toBe(0);
    expect((await runCli([...at, 'status', '--json'])).json()).toMatchObject({ modules: ['scst'], version: '3.11.0-pre' });
    await server.stop();
  });
});

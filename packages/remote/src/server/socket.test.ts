import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { standardMemoryTree } from '@scst/sysfs/compliance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, findServer } from '../client/connect.js';
import { makeDirectory } from '../testing/fixture.js';
import { serve, type RemoteServer } from './serve.js';

let directory = '';
let socket = '';
const servers: RemoteServer[] = [];
const start = async (path = socket): Promise<RemoteServer> => {
  const server = await serve({ tree: standardMemoryTree() }, { socket: path });
  servers.push(server);
  return server;
};

beforeEach(() => {
  directory = makeDirectory();
  socket = join(directory, 'scst.sock');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(directory, { recursive: true });
});

/** Leaves a socket behind as a server does that was killed. */
const leaveStale = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawn(process.execPath, ['-e', script]).on('exit', () => { resolve(); });
  });

const listening = (path: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy());
    server.listen(path, () => { resolve(server); });
  });

describe('the socket', () => {
  it('is its user’s alone, and gone when the server has closed', async () => {
    const before = process.umask(0o027);
    const server = await start(join(directory, 'made', 'scst.sock'));
    expect(lstatSync(server.socket).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(directory, 'made')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(directory, 'made'))).toEqual(['scst.sock']);
    expect(process.umask(before)).toBe(0o027);
    await server.close();
    await server.close();
    expect(existsSync(server.socket)).toBe(false);
  });

  it('is refused where another server is alive, which is named and left alone', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'ERR_SERVER_ALIVE', pid: process.pid, message: expect.stringContaining(`process ${process.pid}`) as string });
    expect(await findServer(socket)).toMatchObject({ server: 'scst', pid: process.pid, description: 'memory' });
    expect(readdirSync(directory)).toEqual(['scst.sock']);
  });

  it('is refused where something else listens', async () => {
    const other = await listening(socket);
    await expect(start()).rejects.toMatchObject({ code: 'ERR_SERVER_ALIVE', message: expect.stringContaining('something else') as string });
    await expect(findServer(socket)).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
    other.close();
  });

  it('takes the place of one whose server was killed', async () => {
    await leaveStale(socket);
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(await findServer(socket)).toBeUndefined();
    await start();
    expect(await findServer(socket)).toBeDefined();
    expect(readdirSync(directory)).toEqual(['scst.sock']);
  });

  it('is won by one of many servers that start at once over a stale one', async () => {
    await leaveStale(socket);
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => start()));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled').length).toBe(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ERR_SERVER_ALIVE' });
    expect(await findServer(socket)).toBeDefined();
    expect(readdirSync(directory)).toEqual(['scst.sock']);
  });

  it('is had though a server died while it was starting', async () => {
    await leaveStale(socket);
    const lock = join(directory, '.scst.sock.lock');
    mkdirSync(lock);
    const past = new Date(Date.now() - 60_000);
    utimesSync(lock, past, past);
    await Promise.allSettled([start(), start()]);
    expect(servers.length).toBe(1);
    expect(readdirSync(directory)).toEqual(['scst.sock']);
  });

  it('is not removed when it has become somebody else’s', async () => {
    const first = await start();
    renameSync(socket, join(directory, 'moved'));
    const second = await start();
    await first.close();
    expect(await findServer(second.socket)).toBeDefined();
  });

  it('never takes the place of a file that is no socket', async () => {
    writeFileSync(socket, 'precious');
    await expect(start()).rejects.toMatchObject({ code: 'ERR_SOCKET_PATH' });
    expect(lstatSync(socket).isFile()).toBe(true);
  });

  it('is refused where its path is too long, or others can change its directory', async () => {
    await expect(start(join(directory, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'ERR_SOCKET_PATH', message: expect.stringContaining('107 bytes') as string });
    const open = join(directory, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    await expect(start(join(open, 's'))).rejects.toMatchObject({ code: 'ERR_SOCKET_PATH' });
    chmodSync(open, 0o1777);
    await start(join(open, 's'));
  });

  it('says what to start where nobody listens', async () => {
    await expect(connect(socket)).rejects.toMatchObject({ code: 'ERR_NO_SERVER', hint: expect.stringContaining('scst-local serve') as string });
    await leaveStale(socket);
    await expect(connect(socket)).rejects.toMatchObject({ code: 'ERR_NO_SERVER' });
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess } from '../durability/server-process.js';
import { Workplace } from '../durability/workplace.js';

let place: Workplace;
let server: ServerProcess;

beforeAll(async () => {
  place = await Workplace.create();
  server = await place.serve();
});

afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await place[Symbol.asyncDispose]();
});

describe('a second server', () => {
  it('on the same state directory is refused, and told who holds it', async () => {
    const { exit, stderr } = await place.serveAndFail({ socket: place.path('other') });
    expect(exit).toBe(1);
    expect(stderr).toContain(`the state directory ${place.stateDirectory} is in use by process ${server.pid}, which serves on ${place.socket}`);
    expect(stderr).toContain(`--connect ${place.socket}`);
  });

  it('on the same socket is refused, and told who listens', async () => {
    const { exit, stderr } = await place.serveAndFail({ stateDirectory: place.path('state2') });
    expect(exit).toBe(1);
    expect(stderr).toContain(`a server is alive on ${place.socket}: process ${server.pid}`);
  });

  it('has done nothing to the first', async () => {
    await using scst = await place.connect();
    expect(await scst.devices()).toEqual([]);
    expect(JSON.parse(await readFile(place.path('state', 'scst-local.lock'), 'utf8'))).toMatchObject({ pid: server.pid });
  });
});

describe('a socket’s path', () => {
  it('that is a file is refused, and the file left alone', async () => {
    const file = place.path('precious');
    await writeFile(file, 'mine');
    const { exit, stderr } = await place.serveAndFail({ socket: file, stateDirectory: place.path('state3') });
    expect([exit, stderr]).toEqual([1, expect.stringContaining('is no socket; it is left alone')]);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('that another program listens on is refused', async () => {
    const socket = place.path('foreign');
    const foreign = createServer((connection) => connection.resume().end('what?\n'));
    await new Promise<void>((resolve) => foreign.listen(socket, resolve));
    const { exit, stderr } = await place.serveAndFail({ socket, stateDirectory: place.path('state4') });
    expect([exit, stderr]).toEqual([1, expect.stringContaining('has a server that speaks something else')]);
    await new Promise((resolve) => foreign.close(resolve));
  });

  it('that is too long is refused with the limit', async () => {
    const { exit, stderr } = await place.serveAndFail({ socket: place.path('s'.repeat(120)), stateDirectory: place.path('state5') });
    expect([exit, stderr]).toEqual([1, expect.stringContaining('at most 107 bytes')]);
  });
});

describe('a client', () => {
  it('of a socket where nobody listens is told what to start, with a status of its own', async () => {
    const { exit, stderr } = await place.cli('--connect', place.path('nobody'), 'tree');
    expect([exit, stderr]).toEqual([3, expect.stringMatching(/nothing at .*nobody[^]*scst-local serve/)]);
  });
});

import { execFile, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { SysfsError, type ModuleControl } from '@scst/sysfs';
import { MemoryTree, standardMemoryTree } from '@scst/sysfs/compliance';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeUnit, good } from '../testing/fake-unit.js';
import { pair, type Pair } from '../testing/fixture.js';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

let open: Pair | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

interface Answer {
  status: number;
  type: string | undefined;
  text: string;
}

/** A request as curl sends it. */
const ask = (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sending = request({ socketPath: open?.socket, method, path, agent: false, headers: { host: 'scst', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (piece: string) => (text += piece));
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text }); });
    });
    sending.on('error', reject);
    sending.end(body);
  });

const json = (answer: Answer): unknown => JSON.parse(answer.text) as unknown;

/** A connection that is written to by hand. */
const rawConnection = (): Promise<{ socket: Socket; received: () => string; ended: Promise<void> }> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connectSocket(open?.socket ?? '');
    socket.on('error', () => undefined).on('data', (piece) => (text += piece.toString('latin1')));
    const ended = new Promise<void>((end) => socket.on('close', () => { end(); }));
    socket.on('connect', () => { resolve({ socket, received: () => text, ended }); });
  });

describe('over plain HTTP', () => {
  it('the tree can be looked at', async () => {
    open = await pair();
    expect(await ask('GET', '/tree/version')).toEqual({ status: 200, type: 'application/octet-stream', text: 'SCST version: 3.11.0-pre\n' });
    expect(json(await ask('GET', '/tree/'))).toMatchObject({ entries: expect.arrayContaining([{ name: 'setup_id', type: 'file' }]) as unknown });
    expect(json(await ask('PUT', '/tree/handlers/vdisk_nullio/mgmt', 'add_device n1'))).toEqual({ written: 13 });
    expect(json(await ask('GET', '/tree/devices/n1'))).toMatchObject({ entries: expect.arrayContaining([{ name: 'handler', type: 'link', target: '../../handlers/vdisk_nullio' }]) as unknown });
    expect(json(await ask('GET', '/tree/devices/n1/handler?readlink'))).toEqual({ target: '../../handlers/vdisk_nullio' });
    expect(json(await ask('GET', '/tree/setup_id?stat'))).toMatchObject({ type: 'file', mode: 0o644 });
    expect((await ask('PATCH', '/tree/setup_id', '{"mode":384}')).status).toBe(204);
    expect(json(await ask('GET', '/tree/setup_id?stat'))).toMatchObject({ mode: 0o600 });
  });

  it.skipIf(!hasCurl)('with curl as well', async () => {
    open = await pair();
    const { stdout } = await promisify(execFile)('curl', ['-s', '--unix-socket', open.socket, 'http://scst/tree/targets/scst_local']);
    expect(JSON.parse(stdout)).toMatchObject({ entries: [{ name: 'mgmt' }, { name: 'version' }] });
  });

  it('names of any bytes are percent-encoded, and dots are not followed', async () => {
    open = await pair();
    await ask('PUT', '/tree/targets/scst_local/mgmt', Uint8Array.from([...Buffer.from('add_target '), 0xff, 0xfe]));
    expect((await ask('GET', '/tree/targets/scst_local/%FF%FE/sg_tablesize')).text).toBe('65535\n');
    expect((await ask('GET', '/tree/targets/%2e%2e/version')).status).toBe(404);
    expect((await ask('GET', '/tree/targets/../version')).status).toBe(404);
    expect((await ask('GET', '/tree/%zz')).status).toBe(400);
  });

  it('errors are JSON with everything known of them', async () => {
    open = await pair();
    const missing = await ask('GET', '/tree/no_such');
    expect(missing.status).toBe(404);
    expect(json(missing)).toMatchObject({ error: { kind: 'sysfs', operation: 'read', path: 'no_such', errno: 'ENOENT', number: 2, at: 'open' } });
    for (const [method, path] of [['GET', '/nothing'], ['DELETE', '/tree/version'], ['GET', '/modules'], ['POST', '/lun/t/s/0'], ['GET', '/devices'], ['POST', '/']] as const) {
      const answer = await ask(method, path);
      expect([400, 404]).toContain(answer.status);
      expect(json(answer)).toMatchObject({ error: { kind: 'remote' } });
    }
    expect((await ask('POST', '/files', '{broken')).status).toBe(400);
    expect((await ask('POST', '/files', '{"path":"version","access":"execute"}')).status).toBe(400);
  });

  it('a file can be held open, and is closed when it was not used for long', async () => {
    open = await pair({}, { handleIdle: 300 });
    const { id } = json(await ask('POST', '/files', '{"path":"version","access":"read"}')) as { id: string };
    expect((await ask('GET', `/files/${id}?count=4`)).text).toBe('SCST');
    expect((await ask('GET', `/files/${id}?count=4`)).text).toBe(' ver');
    expect((await ask('GET', `/files/${id}?count=4&offset=0`)).text).toBe('SCST');
    expect((await ask('GET', `/files/${id}?count=x`)).status).toBe(400);
    expect(open.server.openHandles).toBe(1);
    await expect.poll(() => open?.server.openHandles, { timeout: 5000 }).toBe(0);
    expect(json(await ask('GET', `/files/${id}`))).toMatchObject({ error: { errno: 'ENODEV' } });
    const other = json(await ask('POST', '/files', '{"path":"version","access":"read"}')) as { id: string };
    expect((await ask('DELETE', `/files/${other.id}`)).status).toBe(204);
    expect(open.server.openHandles).toBe(0);
  });

  it('one command can be executed without a handle', async () => {
    const unit = new FakeUnit(() => Promise.resolve(good({ status: 8 })));
    open = await pair({ luns: () => unit });
    const frame = Buffer.alloc(30);
    frame.write('SCQ1', 'latin1');
    frame.writeUInt16BE(6, 4);
    const answer = await ask('POST', '/lun/t%2F1/s/3/execute', frame);
    expect(answer.text.slice(0, 5)).toBe('SCR1\x08');
    expect(unit.closed).toBe(1);
    expect((await ask('POST', '/lun/t/s/3/reset?kind=lun')).status).toBe(204);
    expect(unit.resets).toEqual(['lun']);
    expect((await ask('POST', '/lun/t/s/3/reset?kind=bus')).status).toBe(400);
    expect((await ask('POST', '/lun/t/s/x/execute', frame)).status).toBe(400);
    expect((await ask('POST', '/lun/t/s/3/execute', Buffer.alloc(30))).status).toBe(400);
    expect((await ask('POST', '/lun/t/s/3/execute', frame, { 'transfer-encoding': 'chunked' })).status).toBe(400);
  });
});

describe('the embedding program', () => {
  it('adds endpoints of its own', async () => {
    const seen: unknown[] = [];
    open = await pair({
      devices: () => [{ name: '/dev/sg0' }],
      info: () => Promise.resolve({ program: 'test', size: 2n ** 60n }),
      routes: {
        'GET /hosts/:name': ({ parameters, query }) => ({ name: parameters['name'], all: query.has('all') }),
        'POST /hosts': ({ body }) => void seen.push(body),
        'GET /broken': () => {
          throw new SysfsError({ operation: 'list', path: 'hosts', errno: 'ENODEV', reason: 'gone' });
        },
      },
    });
    const { remote } = open;
    expect(remote.info).toMatchObject({ protocol: 1, endpoints: ['tree', 'files', 'devices', 'hosts', 'broken'], info: { program: 'test', size: '1152921504606846976' } });
    expect(await remote.devices()).toEqual([{ name: '/dev/sg0' }]);
    expect(await remote.request('GET', '/hosts/a%2Fb?all')).toEqual({ name: 'a/b', all: true });
    expect(await remote.request('POST', '/hosts', { x: 1 })).toBeUndefined();
    expect(seen).toEqual([{ x: 1 }]);
    await expect(remote.request('GET', '/broken')).rejects.toMatchObject({ code: 'ENODEV', reason: 'gone' });
    await expect(remote.request('DELETE', '/hosts')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' });
    await expect(remote.request('GET', '/hosts')).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' });
    await expect(remote.request('GET', '/others')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('lets its modules be controlled', async () => {
    const calls: unknown[] = [];
    const modules: ModuleControl = {
      load: (name, parameters) => Promise.resolve(void calls.push(['load', name, parameters])),
      unload: (name) => Promise.reject(new SysfsError({ operation: 'unload', path: name, errno: 'EAGAIN', reason: 'in use', hint: 'unload others' })),
      list: () => Promise.resolve([{ name: 'scst', version: '3.11.0-pre', usedBy: ['scst_local'] }]),
      info: (name) => Promise.resolve({ name, loaded: true, depends: ['scst'], parameters: [{ name: 'p', type: 'bool', value: 'Y', default: 'Y' }], description: 'd' }),
    };
    open = await pair({ modules });
    const remote = open.remote.modules;
    await remote?.load('scst_local', { add_default_tgt: '0' });
    await remote?.load('scst');
    expect(calls).toEqual([['load', 'scst_local', { add_default_tgt: '0' }], ['load', 'scst', {}]]);
    await expect(remote?.unload('scst')).rejects.toMatchObject({ code: 'EAGAIN', operation: 'unload', path: 'scst', reason: 'in use', hint: 'unload others' });
    expect(await remote?.list()).toEqual([{ name: 'scst', version: '3.11.0-pre', usedBy: ['scst_local'] }]);
    expect(await remote?.info('scst_local')).toMatchObject(await modules.info('scst_local'));
    expect((await ask('POST', '/modules/scst', '{"parameters":{"a":1}}')).status).toBe(400);
    await expect(remote?.load('x', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'EINTR', operation: 'load' });
  });
});

describe('limits', () => {
  it('bound bodies, announced or not', async () => {
    open = await pair({}, { body: 5000 });
    expect(json(await ask('PUT', '/tree/setup_id', '0'.repeat(5000)))).toEqual({ written: 4096 });
    expect((await ask('PUT', '/tree/setup_id', '0'.repeat(5001))).status).toBe(413);
    expect((await ask('PUT', '/tree/setup_id', '0'.repeat(5001), { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  it('bound what is held open', async () => {
    open = await pair({}, { handles: 3 });
    const { remote } = open;
    const files = await Promise.all([1, 2, 3].map(() => remote.tree.open('version', 'read')));
    await expect(remote.tree.open('version', 'read')).rejects.toMatchObject({ code: 'EMFILE', at: 'open', path: 'version' });
    await files[0]?.close();
    await (await remote.tree.open('version', 'read')).close();
  });

  it('bound requests at a time', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<string>((resolve) => {
      release = () => { resolve('text'); };
    });
    let waiting = 0;
    const tree = new MemoryTree().file('slow', { show: () => ((waiting += 1), gate) });
    open = await pair({ tree }, { requests: 2 });
    const { remote } = open;
    const reads = [remote.tree.read('slow'), remote.tree.read('slow')];
    await expect.poll(() => waiting).toBe(2);
    await expect(remote.tree.read('slow')).rejects.toMatchObject({ code: 'ENOBUFS' });
    release();
    await Promise.all(reads);
    expect((await remote.tree.read('slow')).length).toBe(4);
  });

  it('bound connections', async () => {
    open = await pair({}, { connections: 2 });
    const raw = [await rawConnection(), await rawConnection(), await rawConnection()];
    await raw[2]?.ended;
    for (const { socket } of raw) socket.destroy();
  });

  it('cut off who sends a header too slowly', async () => {
    open = await pair({}, { headerTimeout: 100 });
    const { socket, ended } = await rawConnection();
    socket.write('GET / HTTP/1.1\r\nhost:');
    await ended;
  });

  it('cut off who does not take an answer, and give its share back', async () => {
    const data = 2 * 1024 * 1024;
    const unit = new FakeUnit(({ dataIn }) => Promise.resolve(good({ dataIn: dataIn ?? new Uint8Array() })));
    // Far longer than a busy machine takes to hand over the answer to who does take it.
    open = await pair({ luns: () => unit }, { data, totalData: data, answerTimeout: 1500 });
    const frame = Buffer.alloc(30);
    frame.write('SCQ1', 'latin1');
    frame.writeUInt16BE(6, 4);
    frame.writeUInt32BE(data, 12);
    const { socket, ended } = await rawConnection();
    socket.pause();
    socket.write(`POST /lun/t/s/0/execute HTTP/1.1\r\nhost: scst\r\ncontent-length: ${frame.length}\r\n\r\n`);
    socket.write(frame);
    await expect.poll(() => unit.requests.length, { timeout: 5000 }).toBe(1);
    // The whole total is lent to the slow reader; this command waits until it has been cut off.
    const lun = await open.remote.lun('t', 's', 0);
    expect((await lun.execute({ cdb: new Uint8Array(6), dataIn: new Uint8Array(data) })).dataIn.length).toBe(data);
    socket.resume();
    await ended;
  });
});

describe('handles', () => {
  it('are let go of when their client has gone', async () => {
    open = await pair();
    const { connect } = await import('../client/connect.js');
    const other = await connect(open.socket);
    await other.tree.open('version', 'read');
    await other.tree.open('version', 'read');
    const mine = await open.remote.tree.open('version', 'read');
    expect(open.server.openHandles).toBe(3);
    await other.close();
    await expect.poll(() => open?.server.openHandles).toBe(1);
    expect((await mine.read({ count: 4 })).length).toBe(4);
  });

  it('are not given under a lease that is none', async () => {
    open = await pair();
    const answer = await ask('POST', '/files', '{"path":"version","access":"read"}', { 'x-scst-lease': 'none' });
    expect(json(answer)).toMatchObject({ error: { errno: 'ENODEV' } });
    expect(open.server.openHandles).toBe(0);
  });
});

describe('closing', () => {
  it('lets what is in flight end, and takes nothing new', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<string>((resolve) => {
      release = () => { resolve('text'); };
    });
    let waiting = 0;
    open = await pair({ tree: new MemoryTree().file('slow', { show: () => ((waiting += 1), gate) }) });
    const { remote, server } = open;
    const read = remote.tree.read('slow');
    await expect.poll(() => waiting).toBe(1);
    const closing = server.close();
    await expect(remote.tree.stat('slow')).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET|ESHUTDOWN/u) as string });
    release();
    expect(new TextDecoder().decode(await read)).toBe('text');
    await closing;
  });

  it('aborts what does not end, and lets go of what is held open', async () => {
    const aborted: string[] = [];
    const unit = new FakeUnit(({ signal }) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => { aborted.push('command'); reject(new Error('aborted')); })));
    open = await pair({ tree: standardMemoryTree(), luns: () => unit }, { drainTimeout: 50 });
    const lun = await open.remote.lun('t', 's', 0);
    const command = expect(lun.execute({ cdb: new Uint8Array(6) })).rejects.toMatchObject({ code: 'FAILED' });
    await expect.poll(() => unit.requests.length).toBe(1);
    await open.server.close();
    await command;
    expect(aborted).toEqual(['command']);
    expect(unit.closed).toBe(1);
    expect(open.server.openHandles).toBe(0);
  });
});

import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScstCollector } from '../collector.js';
import { ExporterError } from '../errors.js';
import { FakeScst } from '../testing/fake-scst.js';
import { metricsHandler } from './handler.js';
import { escapeHtml, formatBytes } from './html.js';
import { isLoopback, type MetricsServer, parseListenAddress, serveMetrics } from './serve.js';

interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const ask = (url: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) });
      });
    });
    asking.on('error', reject).end();
  });

describe('the server of metrics', () => {
  let fake = new FakeScst();
  let collector: ScstCollector;
  let server: MetricsServer;
  const errors: unknown[] = [];

  beforeEach(async () => {
    fake = new FakeScst().target('t<b>').device('disk1', { filename: '/srv/a&b.img\n[key]\n\n' }).lun('t<b>', 0, 'disk1');
    fake.session('t<b>', 's', { luns: [0] });
    collector = new ScstCollector({ tree: fake.tree });
    server = await serveMetrics(metricsHandler(collector, { onError: (error) => errors.push(error) }), { host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    await server.close();
    await collector.close();
    errors.length = 0;
  });

  it('has metrics, compressed for those who take that', async () => {
    const plain = await ask(`${server.url}/metrics`);
    expect([plain.status, plain.headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(plain.body.toString()).toContain('scst_up 1\n');
    const zipped = await ask(`${server.url}/metrics?x=1`, { headers: { 'accept-encoding': 'deflate, gzip;q=0.5' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.body).toString()).toContain('scst_up 1\n');
    for (const encoding of ['gzip;q=0', 'identity']) expect((await ask(`${server.url}/metrics`, { headers: { 'accept-encoding': encoding } })).headers['content-encoding']).toBeUndefined();
    const head = await ask(`${server.url}/metrics`, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('keeps to the time that Prometheus gives', async () => {
    fake.file('version', () => new Promise(() => undefined));
    fake.file('devices/disk1/size', () => new Promise(() => undefined));
    const began = performance.now();
    const { status, body } = await ask(`${server.url}/metrics`, { headers: { 'x-prometheus-scrape-timeout-seconds': '0.4' } });
    expect(performance.now() - began).toBeLessThan(4000);
    expect([status, body.toString().includes('reason="deadline"')]).toEqual([200, true]);
  });

  it('tells whether it is healthy and ready', async () => {
    expect((await ask(`${server.url}/-/healthy`)).status).toBe(200);
    expect((await ask(`${server.url}/-/ready`)).status).toBe(200);
    fake.tree.remove('targets');
    const ready = await ask(`${server.url}/-/ready`);
    expect([ready.status, ready.body.toString()]).toEqual([503, expect.stringContaining('targets: ENOENT')]);
    expect((await ask(`${server.url}/-/healthy`)).status).toBe(200);
  });

  it('has a page of what it sees, with names as text', async () => {
    const { status, headers, body } = await ask(server.url);
    const page = body.toString();
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, 'text/html; charset=utf-8', 'nosniff']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(page).toContain('t&#60;b&#62;');
    expect(page).not.toContain('t<b>');
    expect(page).toContain('/srv/a&#38;b.img');
    expect(page).toContain('1 MiB');
    expect(page).toContain('href="/metrics"');
  });

  it('knows no other place and no other method', async () => {
    for (const path of ['/metrics/', '/constructor', '/__proto__', '/-/quit']) expect((await ask(`${server.url}${path}`)).status).toBe(404);
    const post = await ask(`${server.url}/metrics`, { method: 'POST' });
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('answers 500 when the metrics cannot be made, and says so to its owner alone', async () => {
    await collector.close();
    const { status, body } = await ask(`${server.url}/metrics`);
    expect([status, body.toString().includes('closed')]).toEqual([500, false]);
    expect(errors).toEqual([expect.objectContaining({ code: 'CLOSED' })]);
  });

  it('ends at once when nothing is asked', async () => {
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(900);
    await expect(ask(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:9893', { host: '127.0.0.1', port: 9893 }, true],
    ['[::1]:0', { host: '::1', port: 0 }, true],
    ['localhost:80', { host: 'localhost', port: 80 }, true],
    ['0.0.0.0:9893', { host: '0.0.0.0', port: 9893 }, false],
    ['[::]:9893', { host: '::', port: 9893 }, false],
    ['127.example:1', { host: '127.example', port: 1 }, false],
  ])('is %s', (text, address, loopback) => {
    expect(parseListenAddress(text)).toEqual(address);
    expect(isLoopback(address)).toBe(loopback);
  });

  it.each(['', ':9893', '9893', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:80', 'a b:1', 'http://x:1'])('is not “%s”', (text) => {
    expect(() => parseListenAddress(text)).toThrow(ExporterError);
  });
});

describe('the page’s pieces', () => {
  it('are escaped and rounded', () => {
    expect(escapeHtml(`<a href="x">'&`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;');
    expect([0, 1023, 1024, 1536, 1024 ** 3, 1023.5 * 1024].map(formatBytes)).toEqual(['0 B', '1023 B', '1 KiB', '1.50 KiB', '1 GiB', '1024 KiB']);
  });
});

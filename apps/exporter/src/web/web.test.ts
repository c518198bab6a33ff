import { hash, hashSync } from 'bcryptjs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { TLSSocket } from 'node:tls';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors.js';
import { hasOpenssl, makeAuthority, makeCertificate } from '../test/certificates.js';
import { Authenticator } from './authenticate.js';
import { readWebConfig } from './config.js';
import { RateLimit } from './rate-limit.js';
import { serveWeb, type WebServer } from './server.js';
import { alternativeNames, tlsOptions } from './tls.js';

const logger = pino({ level: 'silent' });
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-exporter-'));
});
afterEach(() => rm(directory, { recursive: true }));

const configFile = async (text: string): Promise<string> => {
  const file = join(directory, 'web.yml');
  await writeFile(file, text);
  return file;
};

describe('a web configuration', () => {
  it('may be empty', async () => {
    expect(await readWebConfig(await configFile('# nothing\n'))).toMatchObject({ tls: undefined, headers: {}, rateLimit: undefined });
  });

  it('has users, headers and a rate limit', async () => {
    const config = await readWebConfig(
      await configFile(`basic_auth_users:\n  alice: ${hashSync('wonder', 4)}\nhttp_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: deny\n    Content-Security-Policy: ""\nrate_limit:\n  interval: 1m500ms\n  burst: 3\n`),
    );
    expect([[...config.users.keys()], config.headers, config.rateLimit]).toEqual([['alice'], { 'X-Frame-Options': 'deny' }, { intervalMilliseconds: 60_500, burst: 3 }]);
  });

  it.each([
    ['no YAML', 'a: [secret-word', 'Flow sequence'],
    ['unknown', 'tls_config: {}', 'tls_config is not known'],
    ['unknown below', 'tls_server_config: { certfile: x }', 'tls_server_config.certfile is not known'],
    ['a list', '- a', 'mapping'],
    ['a password in the clear', 'basic_auth_users: { alice: secret-word }', 'no bcrypt hash'],
    ['a user without a name', `basic_auth_users: { "": $2b$10$${'a'.repeat(53)} }`, 'name is not empty'],
    ['a certificate without a key', 'tls_server_config: { cert: x }', 'key or key_file is missing'],
    ['both', 'tls_server_config: { cert: x, cert_file: y, key: z }', 'both cert and cert_file'],
    ['no such file', 'tls_server_config: { cert_file: nothing.crt, key: z }', 'nothing.crt cannot be read: ENOENT'],
    ['no client CA', 'tls_server_config: { cert: x, key: y, client_auth_type: RequireAndVerifyClientCert }', 'needs client_ca'],
    ['a client CA for nothing', 'tls_server_config: { cert: x, key: y, client_ca: z }', 'does not ask for certificates'],
    ['names for nothing', 'tls_server_config: { cert: x, key: y, client_allowed_sans: [a] }', 'client_allowed_sans needs'],
    ['an odd type', 'tls_server_config: { cert: x, key: y, client_auth_type: Maybe }', 'client_auth_type is none of'],
    ['an odd header', 'http_server_config: { headers: { X-Frame-Options: never } }', 'X-Frame-Options is none of'],
    ['an odd duration', 'rate_limit: { interval: soon }', 'no duration'],
  ])('is refused with a reason, and without its secrets: %s', async (_, text, reason) => {
    const error: unknown = await readWebConfig(await configFile(text)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(String(error)).toContain(reason);
    expect(String(error)).not.toContain('secret-word');
  });

  it('is refused when certificate and key are none, and when a cipher is not known', () => {
    const config = { cert: 'x', key: 'y', clientCa: undefined, client_auth_type: 'NoClientCert', client_allowed_sans: [], min_version: 'TLS12', max_version: 'TLS13', cipher_suites: [], prefer_server_cipher_suites: true, curve_preferences: [] } as const;
    expect(() => tlsOptions({ ...config, client_allowed_sans: [], cipher_suites: [], curve_preferences: [] })).toThrow(AppError);
    expect(() => tlsOptions({ ...config, client_allowed_sans: [], cipher_suites: ['TLS_RSA_WITH_RC4_128_SHA'], curve_preferences: [] })).toThrow(/not known/u);
  });
});

describe('basic authentication', () => {
  it('takes the right password, and nothing else', async () => {
    const users = new Map([['alice', (await hash('wonder:land', 4)).replace('$2b$', '$2y$')], ['bob', await hash('builder', 4)]]);
    const authenticator = new Authenticator(users);
    const judge = (given: string | undefined): Promise<string> => authenticator.judge(given);
    expect(await judge(basic('alice', 'wonder:land'))).toBe('accepted');
    expect(await judge(basic('alice', 'wonder:land'))).toBe('accepted');
    for (const given of [undefined, '', 'Basic', 'Basic ???', 'Bearer x', basic('alice', 'builder'), basic('nobody', 'builder'), basic('Alice', 'wonder:land'), basic('', ''), `Basic ${Buffer.from('alice').toString('base64')}`]) {
      expect(await judge(given)).toBe('refused');
    }
    authenticator.change(new Map([['alice', await hash('other', 4)]]));
    expect([await judge(basic('alice', 'wonder:land')), await judge(basic('alice', 'other'))]).toEqual(['refused', 'accepted']);
    authenticator.change(new Map());
    expect(await judge(undefined)).toBe('accepted');
  });

  it('does not queue hashes without end', async () => {
    const authenticator = new Authenticator(new Map([['alice', await hash('wonder', 6)]]));
    const verdicts = await Promise.all(Array.from({ length: 40 }, (_, index) => authenticator.judge(basic('alice', String(index)))));
    expect([verdicts.filter((verdict) => verdict === 'refused').length, verdicts.filter((verdict) => verdict === 'busy').length]).toEqual([16, 24]);
    expect(await authenticator.judge(basic('alice', 'wonder'))).toBe('accepted');
  });
});

describe('a rate limit', () => {
  it('lets a burst pass, and then one at a time', () => {
    const limit = new RateLimit(1000, 2, 0);
    expect([0, 0, 0, 900, 1000, 1500, 10_000, 10_000, 10_000].map((now) => limit.take(now))).toEqual([true, true, false, false, true, false, true, true, false]);
    expect(new RateLimit(0, 1, 0).take(0)).toBe(true);
  });
});

describe('alternative names of a certificate', () => {
  it('are taken apart as Node prints them', () => {
    expect([...alternativeNames('DNS:a.example, IP Address:127.0.0.1, URI:"x:a, DNS:b.example", email:me@example')]).toEqual(['a.example', '127.0.0.1', 'x:a, DNS:b.example', 'me@example']);
  });
});

if (!hasOpenssl) process.stderr.write('TLS: skipped, since openssl is not installed\n');

describe.skipIf(!hasOpenssl)('a server with TLS', () => {
  let server: WebServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const start = async (text: string): Promise<WebServer> => {
    server = await serveWeb((_, response) => response.end('metrics'), { listen: { host: '127.0.0.1', port: 0 }, file: await configFile(text), logger });
    return server;
  };

  const ask = (given: { ca: string; cert?: string; key?: string; headers?: Record<string, string>; maxVersion?: 'TLSv1.2' }): Promise<{ status: number | undefined; cipher: string; issuer: string; body: string }> =>
    new Promise((resolve, reject) => {
      const { ca, cert, key, ...rest } = given;
      const pem = (path: string | undefined): { [name: string]: string } | undefined => (path === undefined ? undefined : { pem: readFileSync(path, 'utf8') });
      const asking = request(server?.url ?? '', { agent: false, ca: readFileSync(ca), cert: pem(cert)?.['pem'], key: pem(key)?.['pem'], ...rest }, (response) => {
        const { socket } = response;
        if (!(socket instanceof TLSSocket)) throw new Error('no TLS');
        const found = { cipher: socket.getCipher().standardName, issuer: String(socket.getPeerCertificate().issuer.CN) };
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => (body += piece)).on('end', () => { resolve({ status: response.statusCode, ...found, body }); });
      });
      asking.on('error', reject).end();
    });

  it('asks for passwords, sets headers, and limits requests', async () => {
    const ca = makeAuthority(directory, 'ca');
    makeCertificate(directory, 'server', ca, 'IP:127.0.0.1');
    await start(`tls_server_config: { cert_file: server.crt, key_file: server.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384], curve_preferences: [X25519, CurveP256] }\nbasic_auth_users: { alice: ${hashSync('wonder', 4)} }\nrate_limit: { interval: 1h, burst: 3 }\n`);
    expect(server?.url).toMatch(/^https:/u);
    expect(await ask({ ca: ca.cert })).toMatchObject({ status: 401, body: 'A user and a password are needed.\n' });
    const headers = { authorization: basic('alice', 'wonder') };
    expect(await ask({ ca: ca.cert, headers })).toMatchObject({ status: 200, body: 'metrics', issuer: 'ca' });
    expect(await ask({ ca: ca.cert, headers, maxVersion: 'TLSv1.2' })).toMatchObject({ status: 200, cipher: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' });
    expect(await ask({ ca: ca.cert, headers })).toMatchObject({ status: 429 });
  });

  it('asks for certificates of a client CA, with an allowed name', async () => {
    const [ca, others] = [makeAuthority(directory, 'ca'), makeAuthority(directory, 'others')];
    makeCertificate(directory, 'server', ca, 'IP:127.0.0.1');
    const [good, wrong, foreign] = [makeCertificate(directory, 'good', ca, 'DNS:prometheus'), makeCertificate(directory, 'wrong', ca, 'DNS:somebody'), makeCertificate(directory, 'foreign', others, 'DNS:prometheus')];
    await start('tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [prometheus] }\n');
    expect(await ask({ ...good, ca: ca.cert })).toMatchObject({ status: 200 });
    for (const client of [{}, wrong, foreign]) await expect(ask({ ...client, ca: ca.cert })).rejects.toThrow();
  });

  it.each([
    ['VerifyClientCertIfGiven', [200, 'refused', 200]],
    ['RequireAnyClientCert', ['refused', 200, 200]],
    ['RequestClientCert', [200, 200, 200]],
  ])('with %s lets pass whom that lets pass', async (type, expected) => {
    const [ca, others] = [makeAuthority(directory, 'ca'), makeAuthority(directory, 'others')];
    makeCertificate(directory, 'server', ca, 'IP:127.0.0.1');
    const [good, foreign] = [makeCertificate(directory, 'good', ca, 'DNS:a'), makeCertificate(directory, 'foreign', others, 'DNS:a')];
    await start(`tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, client_auth_type: ${type} }\n`);
    const answers = await Promise.all([{}, foreign, good].map((client) => ask({ ...client, ca: ca.cert }).then(({ status }) => status, () => 'refused')));
    expect(answers).toEqual(expected);
  });

  it('takes a new certificate and new users, and keeps the old when the new are wrong', async () => {
    const [first, second] = [makeAuthority(directory, 'first'), makeAuthority(directory, 'second')];
    makeCertificate(directory, 'server', first, 'IP:127.0.0.1');
    const text = 'tls_server_config: { cert_file: server.crt, key_file: server.key }\n';
    const served = await start(text);
    expect((await ask({ ca: first.cert })).issuer).toBe('first');
    makeCertificate(directory, 'server', second, 'IP:127.0.0.1');
    await configFile(`${text}basic_auth_users: { alice: ${hashSync('wonder', 4)} }\n`);
    await served.reload();
    expect(await ask({ ca: second.cert })).toMatchObject({ status: 401, issuer: 'second' });
    for (const wrong of ['nonsense: 1\n', 'basic_auth_users: {}\n', '']) {
      await configFile(wrong);
      await served.reload();
      expect(await ask({ ca: second.cert })).toMatchObject({ status: 401, issuer: 'second' });
    }
  });

  it('sees by itself that a file has changed', async () => {
    const ca = makeAuthority(directory, 'ca');
    makeCertificate(directory, 'server', ca, 'IP:127.0.0.1');
    const text = 'tls_server_config: { cert_file: server.crt, key_file: server.key }\n';
    await start(text);
    expect((await ask({ ca: ca.cert })).status).toBe(200);
    const file = await configFile(`${text}basic_auth_users: { alice: ${hashSync('wonder', 4)} }\n`);
    await utimes(file, 1, 1);
    await expect.poll(async () => (await ask({ ca: ca.cert })).status, { timeout: 12_000, interval: 500 }).toBe(401);
  });

  it('says why it cannot listen', async () => {
    await expect(serveWeb(() => undefined, { listen: { host: '192.0.2.1', port: 1 }, file: undefined, logger })).rejects.toMatchObject({ code: 'LISTEN', message: expect.stringContaining('none of this machine’s') as string });
  });
});

import { type ServerOptions } from 'node:https';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { AppError } from '../errors.js';
import { type WebConfig } from './config.js';
import { CIPHER_SUITES, CURVES, TLS13_SUITES, TLS_VERSIONS } from './names.js';

type TlsConfig = NonNullable<WebConfig['tls']>;

/**
 * What `node:https` is told of a configuration.
 *
 * @throws AppError `WEB_CONFIG` for a certificate and key that do not belong together, or cipher suites that there are not.
 */
export const tlsOptions = (config: TlsConfig): ServerOptions => {
  const suites = config.cipher_suites.filter((name) => !TLS13_SUITES.has(name)).map((name) => {
    const cipher = CIPHER_SUITES[name];
    if (cipher === undefined) throw new AppError('WEB_CONFIG', `tls_server_config.cipher_suites: ${name} is not known; there are ${Object.keys(CIPHER_SUITES).join(', ')}`);
    return cipher;
  });
  const options: ServerOptions = {
    cert: config.cert,
    key: config.key,
    ...(config.clientCa === undefined ? {} : { ca: config.clientCa }),
    minVersion: TLS_VERSIONS[config.min_version],
    maxVersion: TLS_VERSIONS[config.max_version],
    honorCipherOrder: config.prefer_server_cipher_suites,
    ...(suites.length === 0 ? {} : { ciphers: suites.join(':') }),
    ...(config.curve_preferences.length === 0 ? {} : { ecdhCurve: config.curve_preferences.map((name) => CURVES[name]).join(':') }),
    requestCert: config.client_auth_type !== 'NoClientCert',
    rejectUnauthorized: config.client_auth_type === 'RequireAndVerifyClientCert',
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : error instanceof Error ? error.message : String(error);
    throw new AppError('WEB_CONFIG', `tls_server_config: certificate, key or ciphers are refused: ${reason}`, { cause: error });
  }
  return options;
};

/** Why a client is turned away after the handshake, or undefined. What {@link tlsOptions} makes the handshake itself refuse is not looked at again. */
export const refusalOf = (config: TlsConfig, socket: Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerX509Certificate'>): string | undefined => {
  const certificate = socket.getPeerX509Certificate();
  switch (config.client_auth_type) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return undefined;
    case 'VerifyClientCertIfGiven':
      return certificate === undefined || socket.authorized ? undefined : 'the client’s certificate is not of the client CA';
    case 'RequireAnyClientCert':
    case 'RequireAndVerifyClientCert': {
      if (certificate === undefined) return 'the client has no certificate';
      const allowed = config.client_allowed_sans;
      if (allowed.length === 0) return undefined;
      const names = alternativeNames(certificate.subjectAltName ?? '');
      return allowed.some((name) => names.has(name)) ? undefined : 'none of the names of the client’s certificate is allowed';
    }
  }
};

/** Values of a certificate's alternative names, as Node prints them: `DNS:a, IP Address:::1, URI:"with, comma"`. */
export const alternativeNames = (printed: string): ReadonlySet<string> =>
  new Set([...printed.matchAll(/(?:^|, )(?:DNS|IP Address|email|URI):(?:"((?:[^"\\]|\\.)*)"|([^,]*))/gu)].map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '') : (JSON.parse(`"${quoted}"`) as string))));

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { parse, YAMLError } from 'yaml';
import { AppError } from '../errors.js';
import { CURVES, TLS_VERSIONS } from './names.js';

const text = v.pipe(v.string(), v.nonEmpty('It is empty.'));

const tls = v.strictObject({
  cert: v.optional(text),
  key: v.optional(text),
  client_ca: v.optional(text),
  cert_file: v.optional(text),
  key_file: v.optional(text),
  client_ca_file: v.optional(text),
  client_auth_type: v.optional(v.picklist(['NoClientCert', 'RequestClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'RequireAndVerifyClientCert']), 'NoClientCert'),
  client_allowed_sans: v.optional(v.array(text), []),
  min_version: v.optional(v.picklist(Object.keys(TLS_VERSIONS) as (keyof typeof TLS_VERSIONS)[]), 'TLS12'),
  max_version: v.optional(v.picklist(Object.keys(TLS_VERSIONS) as (keyof typeof TLS_VERSIONS)[]), 'TLS13'),
  cipher_suites: v.optional(v.array(text), []),
  prefer_server_cipher_suites: v.optional(v.boolean(), true),
  curve_preferences: v.optional(v.array(v.picklist(Object.keys(CURVES) as (keyof typeof CURVES)[])), []),
});

const header = v.optional(v.string());

const http = v.strictObject({
  http2: v.optional(v.boolean(), true),
  headers: v.optional(
    v.strictObject({
      'Content-Security-Policy': header,
      'X-Frame-Options': v.optional(v.picklist(['', 'deny', 'sameorigin'])),
      'X-Content-Type-Options': v.optional(v.picklist(['', 'nosniff'])),
      'X-XSS-Protection': header,
      'Strict-Transport-Security': header,
    }),
    {},
  ),
});

/** A bcrypt hash: version, cost, 22 characters of salt and 31 of the hash. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./\w]{53}$/u;

/** A duration of Go's: numbers with units, such as `1s` or `1m30s`; or 0. */
const DURATION = /^(?:0|(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|µs|ns))+)$/u;

const schema = v.strictObject({
  tls_server_config: v.optional(tls),
  http_server_config: v.optional(http, {}),
  basic_auth_users: v.optional(v.record(v.pipe(v.string(), v.regex(/^[^:]+$/u, 'A user’s name is not empty and has no colon.')), v.pipe(v.string(), v.regex(BCRYPT, 'It is no bcrypt hash; htpasswd -nBC 10 NAME prints one.'))), {}),
  rate_limit: v.optional(v.strictObject({ interval: v.pipe(v.union([v.string(), v.literal(0)]), v.transform(String), v.regex(DURATION, 'It is no duration such as 1s.')), burst: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1) })),
});

/** A web configuration of the exporter toolkit's format, with its files' content in place of their names. */
export interface WebConfig {
  readonly tls: (Omit<v.InferOutput<typeof tls>, `${string}_file` | 'cert' | 'key' | 'client_ca'> & { readonly cert: string; readonly key: string; readonly clientCa: string | undefined }) | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Hashes by user; empty: no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
  readonly rateLimit: { readonly intervalMilliseconds: number; readonly burst: number } | undefined;
  /** The files it was read from, the configuration itself included. */
  readonly files: readonly string[];
}

/** What holds without a file. */
export const NO_WEB_CONFIG: WebConfig = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined, files: [] };

/**
 * Reads a web configuration. Names of files in it are taken from its own directory.
 *
 * @throws AppError `WEB_CONFIG` that says where and what; secrets are in none of its texts.
 */
export const readWebConfig = async (file: string): Promise<WebConfig> => {
  const content = parseYaml(file, await read(file, file)) ?? {};
  if (Array.isArray(content)) throw new AppError('WEB_CONFIG', `${file}: it is a list, where a mapping of names to values is expected`);
  const given = v.safeParse(schema, content);
  if (!given.success) throw new AppError('WEB_CONFIG', `${file}: ${given.issues.map(issueText).join('; ')}`);
  const { tls_server_config, http_server_config, basic_auth_users, rate_limit } = given.output;
  const files = [file];
  return {
    tls: tls_server_config === undefined ? undefined : await readTls(file, tls_server_config, files),
    headers: Object.fromEntries(Object.entries(http_server_config.headers).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')),
    users: new Map(Object.entries(basic_auth_users)),
    rateLimit: rate_limit === undefined ? undefined : { intervalMilliseconds: durationOf(rate_limit.interval), burst: rate_limit.burst },
    files,
  };
};

const parseYaml = (file: string, content: string): unknown => {
  try {
    return parse(content) as unknown;
  } catch (error) {
    // The message's later lines quote the file, which may hold secrets.
    if (error instanceof YAMLError) throw new AppError('WEB_CONFIG', `${file}: ${error.message.split('\n', 1)[0] ?? 'no YAML'}`);
    throw error;
  }
};

/** Where in the file, and what is wrong; the value is not told. */
const issueText = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'the file';
  if (issue.type === 'strict_object') return issue.expected === 'never' ? `${path} is not known` : `${path} is no mapping`;
  if (issue.type === 'picklist') return `${path} is none of ${issue.expected ?? ''}`;
  return issue.type === 'regex' || issue.type === 'non_empty' ? `${path}: ${issue.message}` : `${path} is not ${issue.expected ?? 'as it should be'}`;
};

const readTls = async (file: string, { cert, key, client_ca, cert_file, key_file, client_ca_file, ...rest }: v.InferOutput<typeof tls>, files: string[]): Promise<WebConfig['tls']> => {
  const fail = (message: string): never => {
    throw new AppError('WEB_CONFIG', `${file}: tls_server_config: ${message}`);
  };
  const content = async (name: string, inline: string | undefined, named: string | undefined): Promise<string | undefined> => {
    if (inline !== undefined && named !== undefined) return fail(`there is both ${name} and ${name}_file`);
    if (named === undefined) return inline;
    const path = resolve(dirname(file), named);
    files.push(path);
    return await read(path, `${file}: tls_server_config.${name}_file`);
  };
  const [certText, keyText, clientCa] = [await content('cert', cert, cert_file), await content('key', key, key_file), await content('client_ca', client_ca, client_ca_file)];
  if (certText === undefined) return fail('cert or cert_file is missing');
  if (keyText === undefined) return fail('key or key_file is missing');
  const { client_auth_type: auth, client_allowed_sans: sans } = rest;
  if (clientCa === undefined && (auth === 'VerifyClientCertIfGiven' || auth === 'RequireAndVerifyClientCert')) return fail(`client_auth_type ${auth} needs client_ca or client_ca_file`);
  if (clientCa !== undefined && auth === 'NoClientCert') return fail('there is a client CA, and client_auth_type does not ask for certificates');
  if (sans.length > 0 && auth !== 'RequireAnyClientCert' && auth !== 'RequireAndVerifyClientCert') return fail('client_allowed_sans needs client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert');
  return { ...rest, cert: certText, key: keyText, clientCa };
};

const read = async (path: string, what: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError('WEB_CONFIG', what === path ? `${path} cannot be read: ${code}` : `${what}: ${path} cannot be read: ${code}`, { cause: error });
  }
};

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, 'µs': 1e-3, ns: 1e-6 };

const durationOf = (given: string): number => [...given.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/gu)].reduce((sum, [, value, unit]) => sum + Number(value) * (UNITS[unit ?? ''] ?? 0), 0);

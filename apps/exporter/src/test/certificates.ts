import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether there is openssl to make certificates with. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: 'ignore' });
};

/** A certification authority in a directory. */
export const makeAuthority = (directory: string, name: string): { readonly cert: string; readonly key: string } => {
  const [cert, key] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`);
  return { cert, key };
};

/** A certificate of an authority, for alternative names such as `IP:127.0.0.1`. */
export const makeCertificate = (directory: string, name: string, authority: { readonly cert: string; readonly key: string }, alternativeNames: string): { readonly cert: string; readonly key: string } => {
  const [cert, key, request, extensions] = ['crt', 'key', 'csr', 'ext'].map((ending) => join(directory, `${name}.${ending}`)) as [string, string, string, string];
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
  writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
  openssl('x509', '-req', '-in', request, '-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-days', '2', '-extfile', extensions, '-out', cert);
  return { cert, key };
};

import { homedir } from 'node:os';
import { join } from 'node:path';

const isRoot = (): boolean => process.getuid?.() === 0;

/** Where `scst-local serve` listens: `/run/scst-local.sock` for root, else in the user's runtime directory. */
export const defaultSocket = (): string => {
  if (isRoot()) return '/run/scst-local.sock';
  return join(process.env['XDG_RUNTIME_DIR'] ?? join(homedir(), '.cache'), 'scst-local.sock');
};

/** Where `scst-local serve` keeps reservations and mode pages: SCST's own place for root, else the user's state directory. */
export const defaultStateDirectory = (): string => {
  if (isRoot()) return '/var/lib/scst';
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'scst');
};

import { spawn } from 'node:child_process';

/**
 * Frees a range of an open file, so that it reads as zeros. False: it cannot be done here, and zeros are to be written
 * instead. Rejects when the file system fails.
 *
 * Node has no function for it; one that calls fallocate(2) may be put in its place.
 */
export type PunchHole = (descriptor: number, position: number, length: number) => Promise<boolean>;

/** Bytes from which starting a program costs less than writing zeros. */
const WORTH_A_PROGRAM = 4 * 1024 * 1024;

/** By util-linux's `fallocate`, for large ranges and where it is installed. */
export function punchHoleByFallocate(program = 'fallocate'): PunchHole {
  let available = true;
  return async (descriptor, position, length) => {
    if (!available || length < WORTH_A_PROGRAM) return false;
    return await new Promise<boolean>((resolve) => {
      const child = spawn(program, ['--punch-hole', '--offset', String(position), '--length', String(length), '/proc/self/fd/3'], {
        stdio: ['ignore', 'ignore', 'ignore', descriptor],
      });
      child.once('error', () => {
        available = false;
        resolve(false);
      });
      child.once('exit', (code) => {
        resolve(code === 0);
      });
    });
  };
}

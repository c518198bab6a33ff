import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Write } from './config-texts.js';

const run = promisify(execFile);
// Beside the sources also when this runs from dist/.
const SOURCE = fileURLToPath(new URL('../src/peer/writes.c', import.meta.url));

export interface CPeer {
  /** Carries out writes on a mounted tree; milliseconds. */
  measure(mountPoint: string, writes: readonly Write[]): Promise<number>;
}

/** Compiles the loop into a directory, or says why not. */
export const compilePeer = async (directory: string): Promise<CPeer | { skipped: string }> => {
  const program = join(directory, 'writes');
  try {
    await run('gcc', ['-O2', '-o', program, SOURCE]);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { skipped: missing ? 'there is no gcc' : `gcc failed: ${String(error)}` };
  }
  return {
    measure: async (mountPoint, writes) => {
      const list = join(directory, 'writes.txt');
      await writeFile(list, writes.map(({ path, data }) => `${join(mountPoint, path)}\n${data}\n`).join(''));
      const { stdout } = await run(program, [list]);
      return Number.parseFloat(stdout);
    },
  };
};

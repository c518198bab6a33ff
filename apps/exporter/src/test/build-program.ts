import { copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { PROGRAM } from './program-path.js';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the program with the sources of every package of the repository in it, so that no test depends on what was last built. */
export const setup = async (): Promise<void> => {
  await build({
    config: false,
    silent: true,
    entry: { cli: file('../cli.ts') },
    outDir: file('../../.test-build/dist'),
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    clean: true,
    splitting: false,
    tsconfig: file('../../tsconfig.json'),
    noExternal: [/^@scst\//u],
  });
  await mkdir(dirname(PROGRAM), { recursive: true });
  await copyFile(file('../../bin/scst-exporter.cjs'), PROGRAM);
};

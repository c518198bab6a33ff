import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The program scst-local as one file, made from the sources as they are now, so that a test of the whole never runs an older build.
 *
 * @param directory Where to put it.
 * @returns Path of the file, for Node.
 */
export const bundleCli = async (directory: string): Promise<string> => {
  const path = join(directory, 'dist', 'scst-local.mjs');
  await build({
    config: false,
    silent: true,
    entry: { 'scst-local': join(ROOT, 'apps/cli/src/cli.ts') },
    outDir: join(directory, 'dist'),
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    platform: 'node',
    tsconfig: join(ROOT, 'e2e/tsconfig.json'),
    noExternal: [/./u],
    splitting: false,
    // Of the dependencies some are CommonJS and ask for Node's own modules.
    banner: { js: "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);" },
  });
  if (!existsSync(path)) throw new Error(`the build left no ${path}`);
  return path;
};

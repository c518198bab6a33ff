import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const E2E = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Programs of this folder as one file each, made from the sources as they are now, so that a test never runs an older build.
 *
 * @param sources Source file below src by the name of the program.
 * @param directory Where to put them: `NAME.mjs`.
 */
export const bundle = async (sources: Readonly<Record<string, string>>, directory: string): Promise<void> => {
  await build({
    config: false,
    silent: true,
    entry: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, join(E2E, 'src', source)])),
    outDir: directory,
    format: ['esm'],
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    platform: 'node',
    tsconfig: join(E2E, 'tsconfig.json'),
    noExternal: [/./u],
    splitting: false,
  });
};

import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

const common: Options = { clean: true, target: 'node20', platform: 'node', tsconfig: 'tsconfig.build.json' };

/** The one way packages are built: ESM with CJS beside it, and declarations for both. */
export const library = (entry: Record<string, string>): Options => ({
  ...common,
  entry,
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: false,
  splitting: true,
  treeshake: true,
});

/** The one way what runs within the repository is built: ESM files. */
export const script = (entry: Record<string, string>): Options => ({ ...common, entry, format: ['esm'], dts: false });

/** The one way programs are built: one ESM file that can be run. */
export const program = (entry: Record<string, string>): Options => ({ ...script(entry), banner: { js: '#!/usr/bin/env node' } });

/**
 * The one way programs are built for their tests, into a directory: with the sources of every package of the repository in it, so
 * that no test depends on what was last built.
 */
export const programUnderTest = (app: URL, outDir: string): Options => {
  const file = (path: string): string => fileURLToPath(new URL(path, app));
  return {
    ...script({ cli: file('src/cli.ts') }),
    config: false,
    silent: true,
    outDir,
    splitting: false,
    tsconfig: file('tsconfig.json'),
    noExternal: [/^@scst\//u],
  };
};

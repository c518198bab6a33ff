import type { Options } from 'tsup';

/** The one way packages are built: ESM with CJS beside it, and declarations for both. */
export const library = (entry: Record<string, string>): Options => ({
  entry,
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: false,
  clean: true,
  target: 'node20',
  platform: 'node',
  splitting: true,
  treeshake: true,
  tsconfig: 'tsconfig.build.json',
});

/** The one way programs are built: one ESM file that can be run. */
export const program = (entry: Record<string, string>): Options => ({
  entry,
  format: ['esm'],
  dts: false,
  clean: true,
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  banner: { js: '#!/usr/bin/env node' },
});

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

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What src/native/addon.c exports. Negative results are errno numbers. */
export interface NativeFunctions {
  readNow(descriptor: number, buffer: Uint8Array, position: number): number;
  fallocate(descriptor: number, mode: number, position: number, length: number): Promise<number>;
  rangeIoctl(descriptor: number, request: number, position: number, length: number): Promise<number>;
  flock(descriptor: number, operation: number): Promise<number>;
  extents(descriptor: number, position: number, end: number, most: number): Promise<Float64Array | number>;
}

/** The native part, or why there is none. */
export type NativePart = { readonly functions: NativeFunctions } | { readonly functions: null; readonly reason: string };

let loaded: NativePart | undefined;

/** Loads the native part on the first call. */
export function nativePart(): NativePart {
  loaded ??= load();
  return loaded;
}

function load(): NativePart {
  const name = `${process.platform}-${process.arch}.node`;
  // Beside both src/ and dist/.
  const file = fileURLToPath(new URL(`../prebuilds/${name}`, import.meta.url));
  if (!existsSync(file)) return { functions: null, reason: `@scst/file-io has no native part for ${process.platform} on ${process.arch}: ${file} is not there` };
  try {
    return { functions: createRequire(import.meta.url)(file) as NativeFunctions };
  } catch (error) {
    return { functions: null, reason: `${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}` };
  }
}

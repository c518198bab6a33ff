import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SgError } from './sg-error.js';

/** The native part: threads that wait for ioctls, and memory that stays where it is until they have ended. */
export interface Binding {
  /** Opens the pool of this thread of JavaScript. The memory holds the slots, then two lists of slot numbers: submitted, completed. */
  open(capacity: number, maxThreads: number, idleMilliseconds: number, completed: (count: number) => void): ArrayBuffer;
  /** Starts the ioctls of the first `count` slots of the first list. */
  submit(count: number): void;
  /** One ioctl on the calling thread. */
  call(slot: number): void;
  /** Zeroed memory at a page's start; undefined where there is none. */
  allocate(bytes: number): ArrayBuffer | undefined;
  free(memory: ArrayBuffer): void;
  address(memory: ArrayBuffer): bigint;
  /** A descriptor of the pool's own for an open file, or an errno made negative. */
  adopt(fd: number): number;
  close(fd: number): number;
}

/** Layout of a slot, as src/native/pool.h has it: the argument of an ioctl, then what is called on what, then its errno. */
export const SLOT = { SIZE: 1024, ARGUMENT_SIZE: 1008, FD: 1008, REQUEST: 1012, ERROR: 1016 } as const;

// `dist` and `src` are both one folder below the package.
const here = (): string => (typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url)));

let binding: Binding | undefined;

/** The native part, loaded the first time that it is asked for. Throws an {@link SgError} that names platform, file and remedy where there is none. */
export const loadBinding = (): Binding => (binding ??= load(join(here(), '..', 'prebuilds', `${process.platform}-${process.arch}.node`)));

export const load = (file: string): Binding => {
  const where = `${process.platform} ${process.arch}`;
  if (!existsSync(file)) {
    throw new SgError('NO_NATIVE_PART', `@scst/sg-io has no native part for ${where}: there is no ${file}`, {
      path: file,
      hint: process.platform === 'linux'
        ? 'It is published for x64 and arm64. Build it from the sources in src/native: npm run build in packages/sg-io, with a C compiler.'
        : 'SG_IO is of Linux alone.',
    });
  }
  const loaded = { exports: {} as Binding };
  try {
    process.dlopen(loaded, file);
  } catch (cause) {
    throw new SgError('NO_NATIVE_PART', `the native part of @scst/sg-io for ${where} cannot be loaded: ${file}`, {
      path: file,
      hint: 'Install the package again, or build it from the sources in src/native.',
      cause,
    });
  }
  return loaded.exports;
};

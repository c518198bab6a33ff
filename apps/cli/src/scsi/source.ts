import { stat } from 'node:fs/promises';
import { openInput } from '@scst/file-io';
import { type Context } from '../context.js';

/** Where the bytes of a write come from. */
export interface Source {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Bytes, where it is known before they are read. */
  readonly size: number | undefined;
  close(): Promise<void>;
}

/** A file, or standard input where no path is given or it is `-`. */
export const openSource = async (context: Context, path: string | undefined): Promise<Source> => {
  if (path === undefined || path === '-') return { pieces: context.io.stdin as AsyncIterable<Uint8Array>, size: undefined, close: () => Promise.resolve() };
  const found = await stat(path).catch(() => undefined);
  const stream = await openInput(path, context.signal);
  return {
    pieces: stream as AsyncIterable<Uint8Array>,
    // Of a device or a pipe the size says nothing.
    size: found?.isFile() === true ? found.size : undefined,
    close: () => {
      stream.destroy();
      return Promise.resolve();
    },
  };
};

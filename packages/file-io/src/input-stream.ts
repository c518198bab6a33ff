import { closeSync, constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';

/**
 * Opens what a person named as input. A FIFO that nobody writes yet is waited for without a thread: one that waits in open(2) can be neither
 * aborted nor ended with its process.
 *
 * @param signal Destroys the stream with an AbortError.
 * @returns A stream that fails where there is no such file, or nothing may be read there.
 */
export const openInput = async (path: string, signal?: AbortSignal): Promise<Readable> => {
  const found = await stat(path).catch(() => undefined);
  const stream = found?.isFIFO() === true ? openFifo(path) : createReadStream(path);
  return signal === undefined ? stream : addAbortSignal(signal, stream);
};

const openFifo = (path: string): Readable => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd: descriptor, readable: true, writable: false });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
};

/** All bytes of a stream; undefined when there are more than `limit`, of which no more are read. */
export const readAtMost = async (source: AsyncIterable<Uint8Array | string>, limit: number): Promise<Buffer | undefined> => {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    const bytes = Buffer.from(piece);
    length += bytes.length;
    if (length > limit) return undefined;
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
};

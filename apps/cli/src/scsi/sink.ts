import { type FileHandle, open } from 'node:fs/promises';
import { type Context } from '../context.js';
import { hexDump } from '../output/hex-dump.js';

/** Where the bytes of a read go. */
export interface Sink {
  /** Resolves when the bytes may change again; false when nobody wants more. */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/** A file, made anew with the first bytes, so that a read that is refused leaves what is there. */
export const fileSink = (path: string): Sink => {
  let file: FileHandle | undefined;
  return {
    write: async (bytes) => {
      file ??= await open(path, 'w');
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
      return true;
    },
    close: async () => {
      await file?.close();
    },
  };
};

/** Standard output: the bytes themselves, or for people at a terminal their digits. */
export const outputSink = ({ out }: Context): Sink => ({
  write: async (bytes) => {
    if (out.isTerminal) out.text(hexDump(bytes));
    else out.bytes(bytes);
    await out.flush();
    return !out.closed;
  },
  close: () => Promise.resolve(),
});

/** Memory, for data that becomes a part of JSON. */
export const memorySink = (): Sink & { bytes(): Uint8Array } => {
  const pieces: Uint8Array[] = [];
  return {
    write: (bytes) => {
      pieces.push(Uint8Array.from(bytes));
      return Promise.resolve(true);
    },
    close: () => Promise.resolve(),
    bytes: () => new Uint8Array(Buffer.concat(pieces)),
  };
};

import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';

/**
 * A standard stream that writes all it is given or fails. Where `process.stdout` is a file, Node.js writes once and takes whatever part of it
 * the file system took for the whole: with little room left, or at a limit of the file's size, the rest would be lost without an error.
 *
 * @param stream `process.stdout` or `process.stderr`; pipes, sockets and terminals are given back as they are.
 */
export const outputStream = (stream: NodeJS.WriteStream & { readonly fd: number }): NodeJS.WriteStream | Writable => {
  const { fd } = stream;
  return stream instanceof Socket ? stream : new FileOutput(fd);
};

/** Writes to a descriptor that it does not close. */
export class FileOutput extends Writable {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    super({ decodeStrings: true });
    this.#descriptor = descriptor;
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

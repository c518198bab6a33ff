/**
 * What `node:fs` lacks for block storage: reads that never wait, holes, extents, discards, locks; and input and output of programs that end.
 *
 * ```js
 * import { open } from 'node:fs/promises';
 * import { fileIo } from '@scst/file-io';
 *
 * const io = fileIo();
 * const file = await open('/srv/disk.img', 'r+');
 * await io.punchHole(file.fd, 0, 1024 * 1024); // false where the file system has no holes
 * ```
 *
 * @packageDocumentation
 */
import type { FileIo } from './file-io.js';
import { nativePart } from './native.js';
import { NativeFileIo } from './native-file-io.js';
import { PlainFileIo } from './plain-file-io.js';

export { type Extent, type FileIo, FileIoError, type LockOutcome, NEVER_CACHED } from './file-io.js';
export { openInput, readAtMost } from './input-stream.js';
export { makeDirectory } from './make-directory.js';
export { outputStream } from './output-stream.js';
export { PlainFileIo } from './plain-file-io.js';

let shared: FileIo | undefined;

/** The native part where there is one for this machine, else a {@link PlainFileIo}. It is loaded on the first call; the same for all. */
export function fileIo(): FileIo {
  if (shared === undefined) {
    const native = nativePart();
    shared = native.functions === null ? new PlainFileIo() : new NativeFileIo(native.functions);
  }
  return shared;
}

/** Why there is no native part; undefined where there is one. */
export function whyNotNative(): string | undefined {
  const native = nativePart();
  return native.functions === null ? native.reason : undefined;
}

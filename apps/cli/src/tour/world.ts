import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scst, type Session, type Target } from '@scst/local';

/** Where SCST's documentation has the tree; the lines shown are those one would type there. */
export const SYSFS = '/sys/kernel/scst_tgt';

/** Names of the guide. */
export const TARGET = 'scst_local_tgt';
export const SESSION = 'scst_local_host';
export const DISK = 'vm_disk1';

/** Size of the image files, and of what is written. */
export const IMAGE_BYTES = 16 * 1024 * 1024;
export const PATTERN_BYTES = 256 * 1024;
/** Where on the disk the pattern goes. */
export const PATTERN_LBA = 2048;
export const BLOCK_BYTES = 512;

/** What the steps work with. */
export class World {
  readonly scst: Scst;
  readonly directory: string;
  /** What is written and compared. */
  readonly pattern: Uint8Array;

  constructor(scst: Scst, directory: string) {
    this.scst = scst;
    this.directory = directory;
    this.pattern = makePattern(PATTERN_BYTES);
  }

  get target(): Target {
    return this.scst.driver().target(TARGET);
  }

  session(name = SESSION): Session {
    return this.target.session(name);
  }

  /** Path of an image file. */
  image(name: string): string {
    return join(this.directory, name);
  }

  /** Makes an image file of zeros. */
  async makeImage(name: string): Promise<string> {
    const path = this.image(name);
    const file = await open(path, 'wx');
    try {
      await file.truncate(IMAGE_BYTES);
    } finally {
      await file.close();
    }
    return path;
  }

  /** Bytes of an image file. */
  async readImage(name: string, offset: number, length: number): Promise<Uint8Array> {
    const file = await open(this.image(name), 'r');
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

/** Bytes that are the same in every run, and in which no block is like another. */
const makePattern = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  let state = 0x53435354;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
};

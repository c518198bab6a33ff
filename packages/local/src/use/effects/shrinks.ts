import { readAttribute } from '@scst/sysfs';
import { stat, readFile } from 'node:fs/promises';
import { type Context } from '../../context.js';
import { orGone } from '../../paths.js';

/**
 * Whether a write makes a device smaller. `resync_size` makes it as large as its file is by now: where that cannot be looked at from
 * here it may be anything.
 */
export const shrinks = async ({ tree }: Context, device: string, attribute: string, text: string): Promise<boolean> => {
  const value = async (name: string): Promise<string | undefined> => (await orGone(() => readAttribute(tree, `devices/${device}/${name}`)))?.value;
  const size = await value('size');
  if (size === undefined) return false;
  const now = BigInt(size);
  if (attribute === 'resync_size') {
    const file = await value('filename');
    const found = file === undefined ? undefined : await fileSize(file);
    return found === undefined || found < now;
  }
  // SCST reads the digits and stops at whatever follows them.
  const [, digits] = /^\s*(\d+)/u.exec(text) ?? [];
  return digits === undefined || BigInt(digits) * (attribute === 'size_mb' ? 1n << 20n : 1n) < now;
};

/** Bytes of a file or a block device of this machine; undefined where it cannot be told. */
const fileSize = async (path: string): Promise<bigint | undefined> => {
  try {
    const found = await stat(path, { bigint: true });
    if (found.isFile()) return found.size;
    if (!found.isBlockDevice()) return undefined;
    // The kernel counts in sectors of 512 bytes whatever the device's own are; a number has 12 bits of major, and the minor around them.
    const [major, minor] = [(found.rdev >> 8n) & 0xfffn, (found.rdev & 0xffn) | ((found.rdev >> 12n) & 0xfff00n)];
    return BigInt((await readFile(`/sys/dev/block/${major}:${minor}/size`, 'utf8')).trim()) * 512n;
  } catch {
    return undefined;
  }
};

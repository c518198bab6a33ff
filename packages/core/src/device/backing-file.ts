import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { type VirtualDeviceKind } from '../nexus/objects.js';
import { type BlockStore } from '../store/block-store.js';
import { storeErrno } from './store-errno.js';

/** Bytes; a page of Linux. */
const LARGEST_DEVICE_BLOCK = 4096;

/** What decides how a device's file is opened. */
export interface FileOwner {
  readonly core: ScstCore;
  readonly kind: VirtualDeviceKind;
  readonly readOnly: boolean;
  readonly writeThrough: boolean;
  /** Bytes. */
  readonly blockSize: number;
}

/** True for the kinds of devices that keep what is written to them. */
export const keepsWrites = (kind: VirtualDeviceKind): boolean => kind === 'fileio' || kind === 'blockio';

/**
 * Opens the file of a device. What was being written atomically when a process was killed is finished before anybody reads it.
 * Throws the errno of the open as a {@link ScstError}; `EINVAL`: the device's blocks are no blocks of the block device.
 */
export const openBackingFile = async ({ core, kind, readOnly, writeThrough, blockSize }: FileOwner, path: ByteString): Promise<BlockStore> => {
  const accept = kind === 'blockio' ? 'block' : 'file-or-block';
  const open = (options: { readOnly: boolean; writeThrough: boolean }): Promise<BlockStore> => storeErrno(core.storage.open(path, { ...options, accept }));
  const store = await open({ readOnly, writeThrough });
  if (!keepsWrites(kind)) return store;
  try {
    if (kind === 'blockio') checkBlockSize(path, store, blockSize);
    await storeErrno(core.atomicWrites.recover(path, () => open({ readOnly: false, writeThrough: false })));
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
};

/** What Linux lets a block device have for blocks: its own, or larger ones up to a page. */
const checkBlockSize = (path: ByteString, { geometry: { logicalBlockSize } }: BlockStore, blockSize: number): void => {
  if (blockSize >= logicalBlockSize && blockSize <= LARGEST_DEVICE_BLOCK) return;
  throw new ScstError('EINVAL', `${path} cannot have blocks of ${blockSize} bytes: ${logicalBlockSize} to ${LARGEST_DEVICE_BLOCK}`);
};

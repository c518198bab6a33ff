import type { Nexus } from '../nexus/nexus.js';
import type { VirtualDeviceObject } from '../nexus/objects.js';

const MIB = 1024 * 1024;

/** Bytes that one WRITE SAME may cover. */
export const MAX_WRITE_SAME_LENGTH = 256 * MIB;

export interface UnmapLimits {
  /** Blocks that one UNMAP may free. */
  readonly maxBlocks: number;
  /** Blocks. */
  readonly granularity: number;
  /** Freed blocks read as zeros by promise (LBPRZ). */
  readonly zeroes: boolean;
}

/** What the device can free at once: for a block device as its queue says, for a file 256 MiB in single blocks. */
export function unmapLimits(device: VirtualDeviceObject): UnmapLimits {
  const geometry = device.store?.geometry;
  if (device.kind === 'blockio' && geometry !== undefined) {
    return {
      maxBlocks: Math.min(Math.floor(geometry.discardMaxBytes / device.blockSize), 0xffff_ffff),
      granularity: Math.floor(geometry.discardGranularity / device.blockSize),
      zeroes: geometry.discardZeroes,
    };
  }
  const zeroes = device.server.rules.promisesZeros && (geometry?.kind !== 'block' || geometry.discardZeroes);
  return { maxBlocks: Math.floor((256 * MIB) / device.blockSize), granularity: 1, zeroes };
}

/** Bytes; the kernel's page size, by which SCST counts granularity and scatter lists. */
export const PAGE_SIZE = 4096;
const MAX_TRANSFER = 8 * MIB;

/** MAXIMUM TRANSFER LENGTH, in blocks: what the target's scatter list holds. */
export function maxTransferBlocks({ blockSize }: VirtualDeviceObject, { session }: Nexus): number {
  return Math.floor(Math.min(session.target.sgTablesize * PAGE_SIZE, MAX_TRANSFER) / blockSize);
}

/** MAXIMUM ATOMIC TRANSFER LENGTH, in blocks; 0: neither the store nor the device can write atomically. */
export function maxAtomicBlocks(device: VirtualDeviceObject, nexus: Nexus): number {
  const length = Math.max(device.store?.atomicWriteLength ?? 0, device.atomicWriteLength);
  return Math.min(Math.floor(length / device.blockSize), maxTransferBlocks(device, nexus), 0xffff);
}

/** SANITIZE can erase by freeing every block. */
export function canBlockErase(device: VirtualDeviceObject): boolean {
  return device.thinProvisioned && (device.store?.zero ?? device.store?.unmap) !== undefined;
}

import { SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { BlockStore, StoreError } from '../store/block-store.js';

/** The store of a command that got as far as its medium. */
export function storeOf(command: ActiveCommand): BlockStore | null {
  return command.device.store;
}

/** A place that no store can have, because the sum of position and length overflowed (SPEC 3). */
export function isNowhere(command: ActiveCommand): boolean {
  return command.position + command.rangeLength > Number.MAX_SAFE_INTEGER;
}

/** Bytes; block devices take whole ones. */
const SECTOR = 512;

/**
 * Where the initiator's buffer goes to the block device as it is, one that is not made of whole sectors fails with 4/44/00. True:
 * the command has been ended.
 */
export function refusesPartialSectors(command: ActiveCommand, buffer: Uint8Array): boolean {
  if (command.device.kind !== 'blockio' || command.rules.dataLength !== 'buffer' || buffer.length % SECTOR === 0) return false;
  command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
  return true;
}

/** 3/11/00; a store that is short of something for the moment makes the command come back. */
export function readFailed(command: ActiveCommand, error?: StoreError): void {
  if (error?.code === 'EAGAIN' || error?.code === 'ENOMEM') command.busy();
  else command.fail(SENSE_CONDITION.UNRECOVERED_READ_ERROR);
}

/** 3/03/00, or 7/27/07 when a thin device has run out of space. */
export function writeFailed(command: ActiveCommand, error?: StoreError): void {
  if (error?.code === 'EAGAIN' || error?.code === 'ENOMEM') command.busy();
  else if (error?.code === 'ENOSPC' || error?.code === 'EDQUOT') command.fail(SENSE_CONDITION.SPACE_ALLOCATION_FAILED_WRITE_PROTECT);
  else command.fail(SENSE_CONDITION.PERIPHERAL_DEVICE_WRITE_FAULT);
}

/** Ends the command with GOOD once everything written is on stable storage. */
export function flushThenGood(command: ActiveCommand): void {
  const store = storeOf(command);
  if (!command.server.medium.hasVolatileCache) {
    command.good();
    return;
  }
  if (store === null) {
    // Closed while the command was at work: what it wrote can no longer be flushed.
    writeFailed(command);
    return;
  }
  command.afterStore = afterFlush;
  store.flush(command.storeDone);
}

/** Ends a command that has written with GOOD, flushed before where FUA, or a cache that is switched off, asks for it. */
export function written(command: ActiveCommand, forceUnitAccess: boolean): void {
  const { server } = command;
  if (server.medium.hasVolatileCache && (forceUnitAccess || !server.modes.writeCacheEnabled)) flushThenGood(command);
  else command.good();
}

function afterFlush(command: ActiveCommand, error: StoreError | null): void {
  if (error === null) command.good();
  else writeFailed(command, error);
}

import type { FileIo } from '@scst/file-io';
import { constants } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ByteString } from '../bytes.js';
import { StoreError } from './block-store.js';
import { closeDescriptor, openDescriptor } from './descriptor.js';
import type { Guard } from './device-claims.js';
import { isLockedHere, lockHolder } from './lock-holder.js';
import { toStoreError } from './node-store.js';

/** ms. A process that has been killed keeps its locks until the kernel has closed its files. */
const PATIENCE = 1000;
const PAUSE = 25;

/** Linux refuses `O_EXCL` while the machine itself uses a block device, and everybody else's `O_EXCL` while this one is open. */
export async function guardBlockDevice(real: Buffer, path: ByteString): Promise<Guard> {
  try {
    const descriptor = await openDescriptor(real, constants.O_RDONLY | constants.O_EXCL);
    return { close: () => closeDescriptor(descriptor) };
  } catch (error) {
    throw toStoreError(error).code === 'EBUSY' ? deviceInUse(path, error) : error;
  }
}

/**
 * Locks a file that is going to be written to, so that no other process does: each would answer from a cache and a state of its own.
 * Where the file system has no locks, the file is used without one. `EBUSY`: another process has it.
 */
export async function guardFile(real: Buffer, path: ByteString, io: FileIo): Promise<Guard> {
  // For writing: NFS locks nothing else.
  const descriptor = await openDescriptor(real, constants.O_RDWR);
  try {
    await lock(descriptor, real, path, io);
  } catch (error) {
    await closeDescriptor(descriptor);
    throw toStoreError(error);
  }
  return { close: () => closeDescriptor(descriptor) };
}

async function lock(descriptor: number, real: Buffer, path: ByteString, io: FileIo): Promise<void> {
  for (let waited = 0; ; waited += PAUSE) {
    const outcome = await io.lock(descriptor);
    if (outcome === 'locked') return;
    if (outcome === 'impossible') {
      warnOnce(path);
      return;
    }
    if (await isLockedHere(real)) return;
    if (waited >= PATIENCE) throw await fileInUse(real, path);
    await delay(PAUSE);
  }
}

let hasWarned = false;

function warnOnce(path: ByteString): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(`${path} cannot be locked where it is, and nor may other files: see to it that no other process writes to them.`, { code: 'SCST_FILE_NOT_LOCKED' });
}

const deviceInUse = (path: ByteString, cause: unknown): StoreError =>
  new StoreError('EBUSY', `${path} is in use on this machine: it or a part of it is mounted, or something is made of it, or another program has it to itself`, { cause });

async function fileInUse(real: Buffer, path: ByteString): Promise<StoreError> {
  const holder = await lockHolder(real);
  const who = holder === undefined ? '' : ` (${holder.name}, number ${holder.pid})`;
  return new StoreError('EBUSY', `${path} is locked by another process${who}, which may write to it. A device with read_only=1 may read it nevertheless`);
}

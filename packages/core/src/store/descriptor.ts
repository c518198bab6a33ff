import { close, open } from 'node:fs';
import { toStoreError } from './node-store.js';

/** open(2). Rejects with a `StoreError`. */
export async function openDescriptor(path: Buffer, flags: number): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    open(path, flags, (error, descriptor) => {
      if (error === null) resolve(descriptor);
      else reject(toStoreError(error));
    });
  });
}

/** close(2) of something that was not written to, so that nothing can have failed. */
export async function closeDescriptor(descriptor: number): Promise<void> {
  await new Promise<void>((resolve) => {
    close(descriptor, () => {
      resolve();
    });
  });
}

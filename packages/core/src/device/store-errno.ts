import { isErrnoName } from '@scst/sysfs';
import { ScstError } from '../errors.js';
import { StoreError } from '../store/block-store.js';

/** What a store failed with, as the core tells it. */
export const toScstError = (error: StoreError): ScstError => new ScstError(isErrnoName(error.code) ? error.code : 'EIO', error.message, { cause: error });

/** Lets an operation of a store fail with a {@link ScstError}. */
export const storeErrno = async <T>(operation: Promise<T>): Promise<T> => {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof StoreError ? toScstError(error) : error;
  }
};

import { SysfsError } from '@scst/sysfs';

/**
 * What a read gives, or undefined where the tree refuses: between two looks an object may go away, and some names can be listed but not
 * opened (SPEC 3.2). One such object is no reason to show nothing.
 */
export const attempt = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof SysfsError && error.code !== 'EINTR') return undefined;
    throw error;
  }
};

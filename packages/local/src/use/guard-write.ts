import { manage, type ManageOptions, type OperationOptions } from '@scst/sysfs';
import { type Context } from '../context.js';
import { type Scst } from '../scst.js';
import { effectOf, type TreeWrite } from './effect.js';
import { type RemovalOptions, unlessUsed } from './find-uses.js';

/**
 * Does a write to the tree unless somebody uses what it takes away or changes: the guard of everything that writes by paths (`set`, `mgmt`, the
 * operations of an apply). What takes nothing away is written at once.
 *
 * @param context An `Scst`'s connection.
 * @param work Does the write.
 * @throws LocalError `IN_USE`, before anything was done.
 */
export const guardWrite = async <T>(context: Context, write: TreeWrite, work: () => Promise<T>, options: OperationOptions = {}): Promise<T> => {
  const effect = await effectOf(context, write);
  if (effect === undefined) return await work();
  const { what, sessions, only, goes } = effect;
  return await unlessUsed(context, what, { ...options, sessions, only, goes, work });
};

/** Writes, and waits for the outcome; with `unlessUsed` as {@link guardWrite} does. */
export const manageUnlessUsed = async (context: Context, path: string, data: Uint8Array | string, { unlessUsed: isGuarded = false, ...options }: RemovalOptions & ManageOptions = {}): Promise<void> => {
  const work = (): Promise<void> => manage(context.tree, path, data, options);
  await (isGuarded ? guardWrite(context, { path, data }, work, options) : work());
};

/**
 * The guard of an apply of `@scst/config`: what an operation takes away is looked at just before it is done, and nobody gets at it meanwhile. Where
 * there are no disks of the kernel to be held, what has been looked at this moment is not looked at again.
 */
export const guard =
  ({ connection }: Scst) =>
  async ({ path, data, encoding }: { readonly path: string; readonly data: string; readonly encoding?: 'text' | 'hex' | undefined }, work: () => Promise<void>, { looked = false }: { readonly looked?: boolean } = {}): Promise<void> => {
    if (looked && connection.claimDisks === undefined) await work();
    else await guardWrite(connection, { path, data: encoding === 'hex' ? new Uint8Array(Buffer.from(data, 'hex')) : data }, work);
  };

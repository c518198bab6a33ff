import { driverModule, handlerModule, type OperationOptions } from '@scst/sysfs';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type Use } from './use.js';

/**
 * What uses what a module made, and what goes away with it: the sessions of a target driver, the devices of a handler. Empty for a module that made
 * nothing, and for one that is not SCST's own and named otherwise than its target driver.
 *
 * @param module `scst_local`, `scst_vdisk` …
 */
export const moduleUses = async (scst: Scst, module: string, options?: OperationOptions): Promise<Use[]> => {
  const name = module.replaceAll('-', '_');
  const [drivers, handlers] = await Promise.all([scst.drivers(), scst.handlers()]);
  const of = async <T extends { uses(options?: OperationOptions): Promise<Use[]> }>(list: () => Promise<T[]>): Promise<Use[]> =>
    (await Promise.all(((await orGone(list)) ?? []).map((one) => one.uses(options)))).flat();
  const uses = await Promise.all([
    ...drivers.filter((driver) => driverModule(driver.name) === name).map((driver) => of(() => driver.targets())),
    ...handlers.filter((handler) => handlerModule(handler.name) === name).map((handler) => of(() => handler.devices())),
  ]);
  return uses.flat();
};

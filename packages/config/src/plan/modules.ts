import { type ModuleControl } from '@scst/sysfs';
import { type PlanContext } from './context.js';

/** The module that makes a device handler; undefined for one nobody knows. */
const handlerModule = (handler: string): string | undefined => {
  if (handler.startsWith('vdisk_') || handler === 'vcdrom') return 'scst_vdisk';
  return /^dev_([a-z]+?)(?:_perf)?$/u.exec(handler)?.[1]?.replace(/^/u, 'scst_');
};

/** The modules of target drivers, where they are not called like the driver. */
const DRIVER_MODULES: ReadonlyMap<string, string> = new Map([
  ['iscsi', 'iscsi_scst'],
  ['qla2x00t', 'qla2x00tgt'],
  ['copy_manager', 'scst'],
]);

/** Plans the loading of modules whose handlers and drivers the configuration names and the tree lacks. */
export const planModules = async (context: PlanContext): Promise<void> => {
  const { config, reader, builder, locator } = context;
  const missing = new Map<string, object>();
  for (const handler of config.handlers) {
    const module = handlerModule(handler.name);
    if (module !== undefined && !(await reader.has('handlers', handler.name)) && !missing.has(module)) missing.set(module, handler);
  }
  for (const driver of config.targetDrivers) {
    const module = DRIVER_MODULES.get(driver.name) ?? driver.name;
    if (!(await reader.has('targets', driver.name)) && !missing.has(module)) missing.set(module, driver);
  }
  for (const [module, part] of missing) {
    builder.add({ kind: 'load-module', phase: 'modules', lane: 'modules', subject: `module ${module}`, summary: module, module, location: locator.locate(part) });
  }
};

/** What an apply needs of whoever loads modules. */
export type ModuleLoader = Pick<ModuleControl, 'load'>;

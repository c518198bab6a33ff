import { driverModule, handlerModule, type ModuleControl } from '@scst/sysfs';
import { type PlanContext } from './context.js';

/** Plans the loading of modules whose handlers and drivers the configuration names and the tree lacks. */
export const planModules = async (context: PlanContext): Promise<void> => {
  const { config, reader, builder, locator } = context;
  const missing = new Map<string, object>();
  for (const handler of config.handlers) {
    const module = handlerModule(handler.name);
    if (module !== undefined && !(await reader.has('handlers', handler.name)) && !missing.has(module)) missing.set(module, handler);
  }
  for (const driver of config.targetDrivers) {
    const module = driverModule(driver.name);
    if (!(await reader.has('targets', driver.name)) && !missing.has(module)) missing.set(module, driver);
  }
  for (const [module, part] of missing) {
    builder.add({ kind: 'load-module', phase: 'modules', lane: 'modules', subject: `module ${module}`, summary: module, module, location: locator.locate(part) });
  }
};

/** What an apply needs of whoever loads modules. */
export type ModuleLoader = Pick<ModuleControl, 'load'>;

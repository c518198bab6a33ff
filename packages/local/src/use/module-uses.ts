import { driverModule, handlerModule, type OperationOptions } from '@scst/sysfs';
import { shownTo } from '../exports.js';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { findSessionUses, type LunChoice, type RemovalOptions, type SessionPlace, sessionPlaces, unlessUsed } from './find-uses.js';
import { type Use } from './use.js';

/**
 * What uses what a module made, and what goes away with it: the sessions of a target driver, the devices of a handler. Empty for a module that made
 * nothing, and for one that is not SCST's own and named otherwise than its target driver.
 *
 * @param module `scst_local`, `scst_vdisk` …
 */
export const moduleUses = async (scst: Scst, module: string, options?: OperationOptions): Promise<Use[]> => {
  const { sessions, only } = await madeBy(scst, module);
  return await findSessionUses(scst.connection, sessions, { ...options, only });
};

/**
 * Unloads a module, and with it everything it made.
 *
 * @throws LocalError `IN_USE` with `unlessUsed`; SysfsError of the module's own refusal.
 */
export const unloadModule = async (scst: Scst, module: string, { unlessUsed: isGuarded = false, ...options }: RemovalOptions = {}): Promise<void> => {
  const work = (): Promise<void> => scst.modules.unload(module, options);
  if (!isGuarded) await work();
  else await unlessUsed(scst.connection, `module ${module}`, { ...options, ...(await madeBy(scst, module)), work });
};

/** The sessions of what a module made, and the LUNs of them that it is about. */
const madeBy = async (scst: Scst, module: string): Promise<{ sessions: SessionPlace[]; only: LunChoice[] | undefined; goes: boolean }> => {
  const name = module.replaceAll('-', '_');
  const context = scst.connection;
  const drivers = (await scst.drivers()).filter((driver) => driverModule(driver.name) === name);
  if (drivers.length > 0) {
    const targets = (await Promise.all(drivers.map((driver) => orGone(() => driver.targets())))).flatMap((each) => each ?? []);
    return { sessions: (await Promise.all(targets.map(({ path }) => sessionPlaces(context, path)))).flat(), only: undefined, goes: true };
  }
  const handlers = (await scst.handlers()).filter((handler) => handlerModule(handler.name) === name);
  const devices = (await Promise.all(handlers.map((handler) => orGone(() => handler.devices())))).flatMap((each) => each ?? []);
  const shown = (await Promise.all(devices.map(({ path }) => orGone(() => shownTo(context, path))))).filter((each) => each !== undefined);
  const sessions = new Map(shown.flatMap((each) => each.sessions).map((session) => [session.path, session]));
  return { sessions: [...sessions.values()], only: shown.flatMap(({ only }) => only), goes: false };
};

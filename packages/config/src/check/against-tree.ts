import { type TreeReader } from '@scst/sysfs';
import { directoryName, isScsiAddress } from '../model/names.js';
import { type CheckContext } from './context.js';
import { targetPlace } from './parts.js';
import { checkDevicesExist } from './references.js';

/** What only the tree can tell: handlers, drivers, hardware targets and devices that are there or not. */
export const checkAgainstTree = async (context: CheckContext, reader: TreeReader, canLoadModules: boolean): Promise<void> => {
  const { config } = context;
  const [handlers, drivers, devices] = await Promise.all(['handlers', 'targets', 'devices'].map(async (path) => new Set(await reader.names(path))));
  checkDevicesExist(context, (device) => devices?.has(directoryName(device)) === true);
  for (const handler of config.handlers) {
    const place = `HANDLER ${handler.name}`;
    if (handlers?.has(handler.name) !== true) {
      if (!canLoadModules) context.error({ code: 'unknown-handler', message: `SCST has no device handler ${handler.name}`, part: handler, detail: { word: 1 }, place, hint: 'load its module first' });
      continue;
    }
    for (const device of handler.devices) {
      if (!isScsiAddress(device.name) || !handler.name.startsWith('dev_') || devices?.has(device.name) === true) continue;
      context.error({ code: 'unknown-device', message: `there is no SCSI device ${device.name}`, part: device, detail: { word: 1 }, place: `${place} / DEVICE ${device.name}` });
    }
  }
  await Promise.all(
    config.targetDrivers.map(async (driver) => {
      if (drivers?.has(driver.name) !== true) {
        if (!canLoadModules) context.error({ code: 'unknown-driver', message: `SCST has no target driver ${driver.name}`, part: driver, detail: { word: 1 }, place: `TARGET_DRIVER ${driver.name}`, hint: 'load its module first' });
        return;
      }
      const [targets, canMake] = await Promise.all([reader.names(`targets/${driver.name}`), reader.has(`targets/${driver.name}`, 'mgmt')]);
      for (const target of driver.targets) {
        if (targets.includes(directoryName(target.name)) || (canMake && !target.hardware)) continue;
        const message = canMake ? `the hardware target ${target.name} is not there` : `the target ${target.name} is not there, and ${driver.name} makes none`;
        context.error({ code: 'unknown-target', message, part: target, detail: { word: 1 }, place: targetPlace(driver.name, target.name) });
      }
    }),
  );
};

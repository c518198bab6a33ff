import { type ScsiDevice } from './scsi-device.js';

/** Which devices are open, as far as their list tells. */
export const openUsers = (devices: readonly ScsiDevice[]): Promise<string[]> =>
  Promise.resolve(devices.flatMap(({ lun, open = 0 }) => (open === 0 ? [] : [`LUN ${lun} is open${open === 1 ? '' : ` ${open} times`}`])));

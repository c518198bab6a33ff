import { type ScsiDevice } from '../scsi-device.js';
import { type ScsiDeviceUse } from './use.js';

/** Which devices are open, as far as their list tells. */
export const openUses = (devices: readonly ScsiDevice[]): Promise<ScsiDeviceUse[]> =>
  Promise.resolve(
    devices.flatMap(({ address, lun, open = 0 }) => (open === 0 ? [] : [{ device: address, kind: 'open', reason: `LUN ${lun} is open${open === 1 ? '' : ` ${open} times`}` }])),
  );

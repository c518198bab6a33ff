import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type VirtualDevice } from '../device/virtual-device.js';
import { ScstError } from '../errors.js';
import { MAX_DEVICE_NAME, removeVirtualDevice } from '../handlers/vdisk-handler.js';
import { type Words } from '../text/words.js';

const MEGABYTE = 2n ** 20n;

/** The name every command of a virtual device begins with. `EINVAL`: none, or one too long. */
const deviceName = (words: Words): ByteString => {
  const name = words.next();
  if (name === '') throw new ScstError('EINVAL', 'the name of a device is missing');
  if (name.length > MAX_DEVICE_NAME) throw new ScstError('EINVAL', `a device name has ${MAX_DEVICE_NAME} bytes at most, not ${name.length}`);
  return name;
};

/** The name of a device to be made: one that exists is `EINVAL` here, not `EEXIST`. */
export const newDeviceName = (core: ScstCore, words: Words): ByteString => {
  const name = deviceName(words);
  if (core.devices.has(name)) throw new ScstError('EINVAL', `a device ${name} exists`);
  return name;
};

/** The device a command is about, of whichever handler. `EINVAL`: there is none. */
export const findVirtualDevice = (core: ScstCore, words: Words): VirtualDevice => {
  const name = deviceName(words);
  const device = core.virtualDevices.get(name);
  if (device === undefined) throw new ScstError('EINVAL', `there is no virtual device ${name}`);
  return device;
};

/** `close NAME`. */
export const closeDevice = (core: ScstCore, words: Words): Promise<void> => removeVirtualDevice(core, deviceName(words));

/** `Size(MB)`: 32 bits of it. */
export const megabytes = (device: VirtualDevice): string => BigInt.asIntN(32, device.size / MEGABYTE).toString();

/** `File name`. */
export const fileName = (device: VirtualDevice): ByteString => device.filename ?? 'none';

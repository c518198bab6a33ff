import { type Device, type Scst } from '@scst/local';
import { attempt } from './attempt.js';

/** A device and where it is exported, as `--json` prints it. */
export type DeviceView = {
  readonly name: string;
  /** Absent for a pass-through device that no handler has taken. */
  readonly handler: string | undefined;
  /** Bytes; absent for pass-through devices. */
  readonly size: bigint | undefined;
  /** Bytes. */
  readonly blockSize: number | undefined;
  readonly file: string | undefined;
  readonly readOnly: boolean;
  readonly exports: readonly ExportView[];
};

export type ExportView = {
  readonly driver: string;
  readonly target: string;
  readonly group: string | undefined;
  readonly lun: number;
};

/** All devices, by name. */
export const surveyDevices = async (scst: Scst): Promise<DeviceView[]> => await Promise.all((await scst.devices()).map(surveyDevice));

export const surveyDevice = async (device: Device): Promise<DeviceView> => {
  const value = async (name: string): Promise<string | undefined> => await attempt(device.attributes.get(name));
  const [handler, size, blockSize, file, readOnly, exports] = await Promise.all([
    attempt(device.handler()),
    value('size'),
    value('blocksize'),
    value('filename'),
    value('read_only'),
    attempt(device.exports()),
  ]);
  return {
    name: device.name,
    handler,
    size: size === undefined || !/^\d+$/u.test(size) ? undefined : BigInt(size),
    blockSize: blockSize === undefined ? undefined : Number(blockSize),
    file: file === undefined || file === 'none' || file === '' ? undefined : file,
    readOnly: readOnly === '1',
    exports: (exports ?? []).map(({ driver, target, group, lun }) => ({ driver, target, group, lun })),
  };
};

/** Where an export is, for people: `scst_local_tgt/hosts/0`; other drivers than scst_local are named. */
export const formatExport = ({ driver, target, group, lun }: ExportView): string =>
  `${driver === 'scst_local' ? '' : `${driver}:`}${target}/${group === undefined ? '' : `${group}/`}${lun}`;

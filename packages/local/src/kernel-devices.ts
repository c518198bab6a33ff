import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ScsiDevice } from './scsi-device.js';

const SCSI_DEVICES = '/sys/bus/scsi/devices';

/** The kernel's SCSI devices whose host is one of scst_local's. */
export const kernelScsiDevices = async (): Promise<ScsiDevice[]> => {
  const names = await listOrNothing(SCSI_DEVICES);
  const devices = await Promise.all(names.filter((name) => /^\d+:\d+:\d+:\d+$/.test(name)).map(describe));
  return devices.filter((device) => device !== undefined);
};

const describe = async (address: string): Promise<ScsiDevice | undefined> => {
  const path = join(SCSI_DEVICES, address);
  try {
    const where = await readlink(path);
    if (!where.includes('/scst_local/')) return undefined;
    const [vendor, model, revision, type, level] = await Promise.all(
      ['vendor', 'model', 'rev', 'type', 'scsi_level'].map(async (name) => (await readFile(join(path, name), 'utf8')).trim()),
    );
    const [sg] = await listOrNothing(join(path, 'scsi_generic'));
    const [node] = (await Promise.all(['block', 'scsi_tape', 'scsi_changer'].map((kind) => listOrNothing(join(path, kind))))).flat();
    const [host = 0, channel = 0, id = 0, lun = 0] = address.split(':').map(Number);
    return {
      address,
      host,
      channel,
      id,
      lun,
      type: Number(type),
      vendor: vendor ?? '',
      model: model ?? '',
      revision: revision ?? '',
      scsiLevel: Number(level),
      sg: sg === undefined ? undefined : `/dev/${sg}`,
      node: node === undefined ? undefined : `/dev/${node}`,
    };
  } catch (error) {
    // A device may go while it is looked at.
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const listOrNothing = async (path: string): Promise<string[]> => {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

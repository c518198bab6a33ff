import { type ScstCore } from '@scst/core';
import { decodeName, fromByteString } from '@scst/sysfs';
import { openLunsOf } from './open-luns.js';
import { type ScsiDevice } from './scsi-device.js';

/** What the machine's SCSI hosts found of a core's sessions, once they have looked. */
export const scsiDevicesOf = async (core: ScstCore): Promise<ScsiDevice[]> => {
  await core.settled();
  const opened = openLunsOf(core);
  return [...core.hosts.all].flatMap((host) =>
    host.devices.map((device) => ({
      address: device.hctl,
      host: host.number,
      channel: 0,
      id: 0,
      lun: device.lun,
      type: device.type,
      vendor: text(device.vendor),
      model: text(device.model),
      revision: text(device.revision),
      scsiLevel: device.scsiLevel,
      sg: `/dev/sg${device.genericNumber}`,
      node: device.blockName === null ? undefined : `/dev/${device.blockName}`,
      open: opened.count(host.session.target.name, host.session.name, device.lun),
    })),
  );
};

const text = (bytes: string): string => decodeName(fromByteString(bytes)).trimEnd();

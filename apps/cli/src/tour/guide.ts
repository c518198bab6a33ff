import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { formatLsscsi, formatProcScsi, read, synchronizeCache, write } from '@scst/scsi';
import { formatSize } from '../output/size.js';
import { viewScsiDevice } from '../survey/scsi-device.js';
import { checkBytes, checkEqual } from './check.js';
import { type Chapter, type Step } from './step.js';
import { BLOCK_BYTES, DISK, IMAGE_BYTES, PATTERN_BYTES, PATTERN_LBA, SESSION, SYSFS, TARGET } from './world.js';

const IMAGE = 'vdisk1.img';

const makeImage: Step = {
  title: 'Make an image file',
  classic: (world) => [`dd if=/dev/zero of=${world.image(IMAGE)} bs=1M count=${IMAGE_BYTES / 1024 / 1024}`],
  run: async (world) => {
    const { size } = await stat(await world.makeImage(IMAGE));
    checkEqual('size of the image file', size, IMAGE_BYTES);
    return [`${formatSize(BigInt(size))} of zeros`];
  },
};

const loadModules: Step = {
  title: 'Load SCST and its virtual disks',
  classic: () => ['modprobe scst', 'modprobe scst_vdisk'],
  run: async ({ scst }) => {
    await scst.modules.load('scst');
    await scst.modules.load('scst_vdisk');
    const handlers = (await scst.handlers()).map(({ name }) => name);
    checkEqual('device handlers', [...handlers].sort(), ['vcdrom', 'vdisk_blockio', 'vdisk_fileio', 'vdisk_nullio']);
    return [`device handlers: ${handlers.join(', ')}`];
  },
};

const addDevice: Step = {
  title: `Make a disk of the file: ${DISK}`,
  classic: (world) => [`echo "add_device ${DISK} filename=${world.image(IMAGE)}" >${SYSFS}/handlers/vdisk_fileio/mgmt`],
  run: async (world) => {
    const device = await world.scst.handler('vdisk_fileio').add(DISK, { filename: world.image(IMAGE) });
    const size = await device.size();
    checkEqual(`size of ${DISK}`, size.toString(), String(IMAGE_BYTES));
    return [`${DISK} has ${formatSize(size)} in blocks of ${await device.attributes.get('blocksize')} bytes`];
  },
};

const loadLocal: Step = {
  title: 'Load scst_local, which brings a target and a session along',
  classic: () => ['insmod scst_local'],
  run: async ({ scst }) => {
    await scst.modules.load('scst_local');
    const targets = await scst.driver().targets();
    checkEqual('targets', targets.map(({ name }) => name), [TARGET]);
    const sessions = await scst.driver().target(TARGET).sessions();
    checkEqual('sessions', sessions.map(({ name }) => name), [SESSION]);
    return [`target ${TARGET}, session ${SESSION}`];
  },
};

export const addLun: Step = {
  title: `Export ${DISK} as LUN 0`,
  classic: () => [`echo "add ${DISK} 0" >${SYSFS}/targets/scst_local/${TARGET}/luns/mgmt`],
  run: async ({ target }) => {
    await target.luns.add(DISK, 0);
    checkEqual('LUNs', await target.luns.list(), [{ number: 0, device: DISK, readOnly: false }]);
    return [];
  },
};

const listDevices: Step = {
  title: 'Check what you have',
  classic: () => ['cat /proc/scsi/scsi', 'lsscsi -g'],
  run: async ({ scst }) => {
    const views = (await scst.scsiDevices()).map(viewScsiDevice);
    checkEqual('SCSI devices', views.map(({ vendor, model, type, lun }) => ({ vendor, model, type, lun })), [{ vendor: 'SCST_FIO', model: DISK, type: 0, lun: 0 }]);
    return [...formatProcScsi(views), '', ...formatLsscsi(views)];
  },
};

const moveData: Step = {
  title: 'Write through the LUN, read it back, and look into the file',
  classic: () => [
    `dd if=pattern of=/dev/sdX bs=${BLOCK_BYTES} seek=${PATTERN_LBA} oflag=direct`,
    `dd if=/dev/sdX bs=${BLOCK_BYTES} skip=${PATTERN_LBA} count=${PATTERN_BYTES / BLOCK_BYTES} iflag=direct | cmp - pattern`,
    'sync',
  ],
  run: async (world) => {
    const lun = await world.session().open(0);
    try {
      const place = { lba: PATTERN_LBA, blockLength: BLOCK_BYTES, unitAttentionRetries: 4 };
      await write(lun, { ...place, data: world.pattern });
      checkBytes('what was read back', await read(lun, { ...place, blocks: PATTERN_BYTES / BLOCK_BYTES }), world.pattern);
      await synchronizeCache(lun);
    } finally {
      await lun.close();
    }
    const stored = await world.readImage(IMAGE, PATTERN_LBA * BLOCK_BYTES, PATTERN_BYTES);
    checkBytes('what the image file holds', stored, world.pattern);
    const before = await world.readImage(IMAGE, (PATTERN_LBA - 1) * BLOCK_BYTES, BLOCK_BYTES);
    checkBytes('the block before it', before, new Uint8Array(BLOCK_BYTES));
    return [`${formatSize(BigInt(PATTERN_BYTES))} at LBA ${PATTERN_LBA}: written, read back, synchronized, found in the file`, `sha256 ${fingerprint(stored)}`];
  },
};

const fingerprint = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Sections 1 to 4 of SCST's guide to scst_local. */
export const GUIDE: Chapter = { title: 'A disk on the same machine', steps: [makeImage, loadModules, addDevice, loadLocal, addLun, listDevices, moveData] };

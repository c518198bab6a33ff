import { type ModuleDefinition } from '@scst/core';
import { STATUS, type LogicalUnit } from '@scst/scsi';

const INQUIRY = 0x12;

/**
 * The kernel's scsi_debug, as far as the recordings use it: devices of one type on SCSI host 0 that exist so that they can be passed
 * through. Its commands are not what is compared.
 */
export const scsiDebug = (): ModuleDefinition => ({
  name: 'scsi_debug',
  description: 'SCSI devices of the machine that keep nothing',
  depends: [],
  parameters: [
    ...['add_host', 'num_tgts', 'max_luns', 'dev_size_mb'].map((name) => ({ name, type: 'int', default: '1', description: name, mode: 0o644 }) as const),
    { name: 'ptype', type: 'int', default: '0', description: 'peripheral device type', mode: 0o644 },
  ],
  load(core, values) {
    const type = values.number('ptype');
    for (let id = 0; id < values.number('num_tgts'); id++) {
      for (let lun = 0; lun < values.number('max_luns'); lun++) {
        const hctl = `0:0:${id}:${lun}`;
        core.addScsiDevice({
          hctl,
          type,
          logicalUnit: device(hctl, type),
          sysfsPath: `devices/pseudo_0/adapter0/host0/target0:0:${id}/${hctl}/scsi_device/${hctl}`,
        });
      }
    }
  },
  async unload(core) {
    for (const { name } of [...core.devices.values()]) if (name.startsWith('0:0:')) await core.removeScsiDevice(name);
  },
});

/** Answers INQUIRY as a device of its type does, and every other command with GOOD and zeros. */
const device = (description: string, type: number): LogicalUnit => ({
  description,
  execute: ({ cdb, dataIn }) => {
    const data = dataIn ?? new Uint8Array();
    data.fill(0);
    if (cdb[0] === INQUIRY) data.set(Uint8Array.of(type, 0, 5, 2, 31).subarray(0, data.length));
    return Promise.resolve({ status: STATUS.GOOD, sense: new Uint8Array(), residual: 0, dataIn: data });
  },
  reset: () => Promise.resolve(),
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

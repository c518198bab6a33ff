import { OPCODE, readU8, writeU16 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { Nexus } from '../nexus/nexus.js';
import type { VirtualDeviceObject } from '../nexus/objects.js';
import { targetGroupOf } from './alua.js';
import { copyBytes, copyPadded } from './byte-text.js';
import { defineCommand } from './command.js';
import { vpdPage } from './vpd.js';

const EVPD = 0x01;
const CMDDT = 0x02;

/** Standard INQUIRY data, SPC-5 6.7.2: where the version descriptors begin. */
const VERSION_DESCRIPTORS = 58;
/** Vendor-specific data that does not fit the 20 bytes of 36 to 55 goes here. */
const LONG_VENDOR_SPECIFIC = 96;

/** Version descriptors, SPC-5 table 150. */
const VERSION = { SAM_4_REVISION_14: 0x008b, SPC_4_REVISION_23: 0x0463, SBC_3: 0x04c0 } as const;

/** INQUIRY, SPC-5 6.7; SPEC 5. */
export const inquiry = defineCommand({
  opcode: OPCODE.INQUIRY,
  name: 'INQUIRY',
  on: ['disk', 'cdrom'],
  direction: 'in',
  length: { at: 3, bytes: 2 },
  whileReserved: 'always',
  alua: 'transitioning',
  passesUnitAttention: true,
  headOfQueue: true,
  needsMedium: false,
  worksInactive: true,
  whileFormatting: true,
  report: { order: 34, usage: [0x12, 0x01, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    const { cdb } = command;
    // An allocation length of zero is no error, whatever else the CDB holds.
    if (command.transferLength === 0) {
      command.good();
      return;
    }
    const flags = readU8(cdb, 1);
    const pageCode = readU8(cdb, 2);
    if ((flags & CMDDT) !== 0) {
      command.invalidFieldInCdb(1, 1);
    } else if ((flags & EVPD) !== 0) {
      const page = vpdPage(pageCode, command.nexus);
      if (page === undefined) {
        command.invalidFieldInCdb(2);
        return;
      }
      page[0] = peripheral(command.nexus, command.device);
      command.reply(page);
    } else if (pageCode !== 0) {
      command.invalidFieldInCdb(2);
    } else {
      command.reply(standardInquiry(command));
    }
  },
});

/** PERIPHERAL QUALIFIER and PERIPHERAL DEVICE TYPE. */
function peripheral(nexus: Nexus, device: VirtualDeviceObject): number {
  const state = targetGroupOf(nexus)?.state;
  if (state === 'unavailable' || state === 'offline') return 0x20 | device.type;
  return device.dummy ? 0x3f : device.type;
}

function standardInquiry({ nexus, device }: ActiveCommand): Uint8Array {
  const { target } = nexus.session;
  const descriptors: number[] = [VERSION.SAM_4_REVISION_14];
  if (target.physTransportVersion !== 0) descriptors.push(target.physTransportVersion);
  descriptors.push(target.scsiTransportVersion, VERSION.SPC_4_REVISION_23);
  if (device.kind !== 'cdrom') descriptors.push(VERSION.SBC_3);
  const vendorSpecific = device.inqVendSpecific;
  const isLong = vendorSpecific.length > 20;
  const length = isLong ? LONG_VENDOR_SPECIFIC + vendorSpecific.length : VERSION_DESCRIPTORS + 2 * descriptors.length;

  const data = new Uint8Array(Math.max(length, VERSION_DESCRIPTORS + 2 * descriptors.length));
  data[0] = peripheral(nexus, device);
  data[1] = device.removable ? 0x80 : 0; // RMB
  data[2] = 0x06; // VERSION: SPC-4
  data[3] = 0x22; // NORMACA, RESPONSE DATA FORMAT 2
  data[4] = length - 5;
  data[5] = 0x08 | targetPortGroupSupport(device); // 3PC
  data[6] = 0x10; // MULTIP
  data[7] = 0x02; // CMDQUE
  copyPadded(data, 8, 8, device.vendorId);
  copyPadded(data, 16, 16, device.productId);
  copyPadded(data, 32, 4, device.revision);
  copyBytes(data, isLong ? LONG_VENDOR_SPECIFIC : 36, vendorSpecific);
  descriptors.forEach((descriptor, index) => {
    writeU16(data, VERSION_DESCRIPTORS + 2 * index, descriptor);
  });
  return data;
}

/** TPGS: implicit, or implicit and explicit, once the device is in a device group. */
function targetPortGroupSupport(device: VirtualDeviceObject): number {
  if (device.deviceGroup === null) return 0;
  return device.explAlua ? 0x30 : 0x10;
}

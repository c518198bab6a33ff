import { writeU16, writeU32 } from '@scst/scsi';
import type { Nexus } from '../nexus/nexus.js';
import type { VirtualDeviceObject } from '../nexus/objects.js';
import { targetGroupOf } from './alua.js';
import { copyBytes, copyPadded } from './byte-text.js';
import { canBlockErase, MAX_WRITE_SAME_LENGTH, maxAtomicBlocks, maxTransferBlocks, PAGE_SIZE, unmapLimits } from './provisioning.js';

/** Vital product data pages, SPC-5 7.7 and SBC-4 6.6; SPEC 5. A page fills in everything but byte 0. */
interface VpdPage {
  readonly code: number;
  readonly appliesTo: (device: VirtualDeviceObject) => boolean;
  readonly encode: (device: VirtualDeviceObject, nexus: Nexus) => Uint8Array;
}

const always = (): boolean => true;
const isDisk = (device: VirtualDeviceObject): boolean => device.kind !== 'cdrom';
const isThinDisk = (device: VirtualDeviceObject): boolean => isDisk(device) && device.thinProvisioned;

const PAGES: readonly VpdPage[] = [
  { code: 0x00, appliesTo: always, encode: supportedPages },
  { code: 0x80, appliesTo: always, encode: unitSerialNumber },
  { code: 0x83, appliesTo: always, encode: deviceIdentification },
  { code: 0x86, appliesTo: always, encode: extendedInquiry },
  { code: 0xb0, appliesTo: isDisk, encode: blockLimits },
  { code: 0xb1, appliesTo: isDisk, encode: blockDeviceCharacteristics },
  { code: 0xb2, appliesTo: isThinDisk, encode: logicalBlockProvisioning },
];

/** The page as this nexus sees it, with byte 0 left zero; undefined for a page the device does not have. */
export function vpdPage(code: number, nexus: Nexus): Uint8Array | undefined {
  const device = nexus.server.virtualDevice;
  const page = PAGES.find((candidate) => candidate.code === code);
  return page?.appliesTo(device) === true ? page.encode(device, nexus) : undefined;
}

function newPage(code: number, length: number): Uint8Array {
  const page = new Uint8Array(4 + length);
  page[1] = code;
  writeU16(page, 2, length);
  return page;
}

/** 00h */
function supportedPages(device: VirtualDeviceObject): Uint8Array {
  const codes = PAGES.filter((page) => page.appliesTo(device)).map((page) => page.code);
  const page = newPage(0x00, codes.length);
  page.set(codes, 4);
  return page;
}

/** 80h */
function unitSerialNumber(device: VirtualDeviceObject): Uint8Array {
  const page = newPage(0x80, device.usn.length);
  copyBytes(page, 4, device.usn);
  return page;
}

/** What a designator, whose length is one byte, has room for with a NUL and in whole groups of four bytes. */
const MAX_DEVICE_NAME = 251;

/** 83h: SCSI name, T10 vendor ID, relative target port, target port group, EUI-64, NAA, in this order. */
function deviceIdentification(device: VirtualDeviceObject, nexus: Nexus): Uint8Array {
  const designators: Uint8Array[] = [];
  const deviceName = device.deviceName.slice(0, MAX_DEVICE_NAME);
  if (deviceName.length > 0) {
    // At least one NUL, and a multiple of four bytes.
    const name = designator(0x03, 0x28, deviceName.length + 4 - (deviceName.length % 4));
    copyBytes(name, 4, deviceName);
    designators.push(name);
  }
  const vendor = designator(0x02, 0x01, 8 + device.vendSpecificId.length);
  copyPadded(vendor, 4, 8, device.vendorId);
  copyBytes(vendor, 12, device.vendSpecificId);
  designators.push(vendor);

  const port = designator(0x01, 0x14, 4);
  writeU16(port, 6, nexus.session.target.relTgtId);
  designators.push(port);

  const group = targetGroupOf(nexus);
  if (group !== null && group.groupId !== 0) {
    const portGroup = designator(0x01, 0x15, 4);
    writeU16(portGroup, 6, group.groupId);
    designators.push(portGroup);
  }

  const eui64 = device.eui64Id ?? (device.naaId === null ? compatibilityEui64(device) : null);
  if (eui64 !== null) designators.push(binaryDesignator(0x02, eui64));
  if (device.naaId !== null) designators.push(binaryDesignator(0x03, device.naaId));

  const page = newPage(
    0x83,
    designators.reduce((sum, bytes) => sum + bytes.length, 0),
  );
  let at = 4;
  for (const bytes of designators) {
    page.set(bytes, at);
    at += bytes.length;
  }
  return page;
}

/** What devices without an EUI-64 and an NAA designator have always shown: the first eight characters of t10_dev_id. */
function compatibilityEui64(device: VirtualDeviceObject): Uint8Array {
  const eui64 = new Uint8Array(8);
  copyPadded(eui64, 0, 8, device.t10DevId, 0);
  return eui64;
}

function designator(codeSet: number, associationAndType: number, length: number): Uint8Array {
  const bytes = new Uint8Array(4 + length);
  bytes[0] = codeSet;
  bytes[1] = associationAndType;
  bytes[3] = length;
  return bytes;
}

function binaryDesignator(type: number, value: Uint8Array): Uint8Array {
  const bytes = designator(0x01, type, value.length);
  bytes.set(value, 4);
  return bytes;
}

/** 86h. V_SUP goes by the volatile cache: zero once there is none. */
function extendedInquiry(_device: VirtualDeviceObject, nexus: Nexus): Uint8Array {
  const page = newPage(0x86, 0x3c);
  page[5] = 0x07; // HEADSUP, ORDSUP, SIMPSUP
  page[6] = nexus.server.modes.writeCacheEnabled ? 0x01 : 0x00; // V_SUP
  page[7] = 0x01; // LUICLR
  return page;
}

/** B0h */
function blockLimits(device: VirtualDeviceObject, nexus: Nexus): Uint8Array {
  const page = newPage(0xb0, 0x3c);
  const { blockSize } = device;
  const maxTransfer = maxTransferBlocks(device, nexus);
  page[4] = 0x01; // WSNZ
  page[5] = 0xff; // MAXIMUM COMPARE AND WRITE LENGTH
  writeU16(page, 6, Math.max(PAGE_SIZE / blockSize, 1)); // OPTIMAL TRANSFER LENGTH GRANULARITY
  writeU32(page, 8, maxTransfer);
  writeU32(page, 12, Math.min(maxTransfer, Math.floor(device.optTransLen / blockSize)));
  if (device.thinProvisioned) {
    const limits = unmapLimits(device);
    writeU32(page, 20, limits.maxBlocks);
    writeU32(page, 24, nexus.server.rules.maxUnmapDescriptors);
    writeU32(page, 28, limits.granularity);
  }
  writeU32(page, 40, Math.floor(MAX_WRITE_SAME_LENGTH / blockSize));
  if (nexus.server.rules.announcesT10Commands) writeU32(page, 44, maxAtomicBlocks(device, nexus)); // MAXIMUM ATOMIC TRANSFER LENGTH
  return page;
}

/** B1h */
function blockDeviceCharacteristics(device: VirtualDeviceObject, { server }: Nexus): Uint8Array {
  const page = newPage(0xb1, 0x3c);
  writeU16(page, 4, device.rotational ? 15000 : 1); // rotations per minute; 1: none
  // WABEREQ: a block that was erased can be read.
  if (server.rules.announcesT10Commands && canBlockErase(device)) page[7] = 0x40;
  return page;
}

/** B2h */
function logicalBlockProvisioning(device: VirtualDeviceObject): Uint8Array {
  const page = newPage(0xb2, 4);
  page[5] = 0xe0 | (unmapLimits(device).zeroes ? 0x04 : 0); // LBPU, LBPWS, LBPWS10, LBPRZ
  page[6] = 0x02; // thin provisioned
  return page;
}

import { PERIPHERAL_DEVICE_TYPE } from '../peripheral-device-type.js';
import { defineCommand } from './command.js';
import { bits, flag, requiredBits, requiredLong, requiredWord, word, long } from '../field.js';

const { DIRECT_ACCESS_BLOCK, WRITE_ONCE, CD_DVD, OPTICAL_MEMORY, SIMPLIFIED_DIRECT_ACCESS, HOST_MANAGED_ZONED_BLOCK } = PERIPHERAL_DEVICE_TYPE;
const DISKS = [DIRECT_ACCESS_BLOCK, HOST_MANAGED_ZONED_BLOCK];
/** Device types that address their medium by logical block. */
const BLOCKS = [DIRECT_ACCESS_BLOCK, WRITE_ONCE, CD_DVD, OPTICAL_MEMORY, SIMPLIFIED_DIRECT_ACCESS, HOST_MANAGED_ZONED_BLOCK];

const LBA = 'LOGICAL BLOCK ADDRESS';
const GROUP = 'GROUP NUMBER';
const COUNT = 'NUMBER OF LOGICAL BLOCKS';
const TRANSFER = 'TRANSFER LENGTH';
const VERIFICATION = 'VERIFICATION LENGTH';

/** Byte 1 of the READ, WRITE and VERIFY families. */
const readFlags = { rdprotect: bits('RDPROTECT', 1, 7, 3), dpo: flag('DPO', 1, 4), fua: flag('FUA', 1, 3), rarc: flag('RARC', 1, 2) };
const writeFlags = { wrprotect: bits('WRPROTECT', 1, 7, 3), dpo: flag('DPO', 1, 4), fua: flag('FUA', 1, 3) };
const verifyFlags = { vrprotect: bits('VRPROTECT', 1, 7, 3), dpo: flag('DPO', 1, 4), bytchk: bits('BYTCHK', 1, 2, 2) };
const writeVerifyFlags = { wrprotect: bits('WRPROTECT', 1, 7, 3), dpo: flag('DPO', 1, 4), bytchk: bits('BYTCHK', 1, 2, 2) };
const writeSameFlags = {
  wrprotect: bits('WRPROTECT', 1, 7, 3), anchor: flag('ANCHOR', 1, 4), unmap: flag('UNMAP', 1, 3),
  /** Obsolete since SBC-3. */
  pbdata: flag('PBDATA', 1, 2), lbdata: flag('LBDATA', 1, 1),
};

/** Where the 6, 10, 12 and 16-byte forms have their address, group and length. */
const range6 = { lba: requiredBits(LBA, 1, 4, 21), transferLength: requiredWord(TRANSFER, 4, 1) };
const address10 = { lba: requiredWord(LBA, 2, 4), groupNumber: bits(GROUP, 6, 5, 6) };
const address12 = { lba: requiredWord(LBA, 2, 4), groupNumber: bits(GROUP, 10, 5, 6) };
const address16 = { lba: requiredLong(LBA, 2), groupNumber: bits(GROUP, 14, 5, 6) };
const transfer10 = { ...address10, transferLength: requiredWord(TRANSFER, 7, 2) };
const transfer12 = { ...address12, transferLength: requiredWord(TRANSFER, 6, 4) };
const transfer16 = { ...address16, transferLength: requiredWord(TRANSFER, 10, 4) };
const verify10 = { ...address10, verificationLength: requiredWord(VERIFICATION, 7, 2) };
const verify12 = { ...address12, verificationLength: requiredWord(VERIFICATION, 6, 4) };
const verify16 = { ...address16, verificationLength: requiredWord(VERIFICATION, 10, 4) };
const count10 = { ...address10, numberOfLogicalBlocks: requiredWord(COUNT, 7, 2) };
const count16 = { ...address16, numberOfLogicalBlocks: requiredWord(COUNT, 10, 4) };

/** The 32-byte forms (7Fh) have the flags in byte 10 and the protection information fields. */
const range32 = {
  groupNumber: bits(GROUP, 6, 5, 6), dpo: flag('DPO', 10, 4), lba: requiredLong(LBA, 12),
  expectedInitialReferenceTag: word('EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG', 20, 4),
  expectedApplicationTag: word('EXPECTED LOGICAL BLOCK APPLICATION TAG', 24, 2),
  applicationTagMask: word('LOGICAL BLOCK APPLICATION TAG MASK', 26, 2),
};
const wrprotect32 = bits('WRPROTECT', 10, 7, 3);

/** Commands of block devices, SBC-4 clause 5. */
export const SBC_COMMANDS = {
  formatUnit: defineCommand({
    name: 'FORMAT UNIT', opcode: 0x04, direction: 'out', deviceTypes: BLOCKS,
    fields: {
      formatProtectionInformation: bits('FMTPINFO', 1, 7, 2), longList: flag('LONGLIST', 1, 5), formatData: flag('FMTDATA', 1, 4),
      completeList: flag('CMPLST', 1, 3), defectListFormat: bits('DEFECT LIST FORMAT', 1, 2, 3), fastFormat: bits('FFMT', 4, 1, 2),
    },
  }),
  reassignBlocks: defineCommand({
    name: 'REASSIGN BLOCKS', opcode: 0x07, direction: 'out', deviceTypes: [DIRECT_ACCESS_BLOCK, WRITE_ONCE, OPTICAL_MEMORY],
    fields: { longLba: flag('LONGLBA', 1, 1), longList: flag('LONGLIST', 1, 0) },
  }),
  read6: defineCommand({ name: 'READ(6)', opcode: 0x08, direction: 'in', deviceTypes: BLOCKS, fields: range6 }),
  read10: defineCommand({ name: 'READ(10)', opcode: 0x28, direction: 'in', deviceTypes: BLOCKS, fields: { ...readFlags, ...transfer10 } }),
  read12: defineCommand({ name: 'READ(12)', opcode: 0xa8, direction: 'in', deviceTypes: BLOCKS, fields: { ...readFlags, ...transfer12 } }),
  read16: defineCommand({ name: 'READ(16)', opcode: 0x88, direction: 'in', deviceTypes: BLOCKS, fields: { ...readFlags, ...transfer16 } }),
  read32: defineCommand({
    name: 'READ(32)', opcode: 0x7f, serviceAction: 0x09, direction: 'in', deviceTypes: DISKS,
    fields: {
      rdprotect: bits('RDPROTECT', 10, 7, 3), fua: flag('FUA', 10, 3), rarc: flag('RARC', 10, 2), ...range32,
      transferLength: requiredWord(TRANSFER, 28, 4),
    },
  }),
  write6: defineCommand({ name: 'WRITE(6)', opcode: 0x0a, direction: 'out', deviceTypes: BLOCKS, fields: range6 }),
  write10: defineCommand({ name: 'WRITE(10)', opcode: 0x2a, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeFlags, ...transfer10 } }),
  write12: defineCommand({ name: 'WRITE(12)', opcode: 0xaa, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeFlags, ...transfer12 } }),
  write16: defineCommand({ name: 'WRITE(16)', opcode: 0x8a, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeFlags, ...transfer16 } }),
  write32: defineCommand({
    name: 'WRITE(32)', opcode: 0x7f, serviceAction: 0x0b, direction: 'out', deviceTypes: DISKS,
    fields: { wrprotect: wrprotect32, fua: flag('FUA', 10, 3), ...range32, transferLength: requiredWord(TRANSFER, 28, 4) },
  }),
  seek6: defineCommand({ name: 'SEEK(6)', opcode: 0x0b, direction: 'none', deviceTypes: BLOCKS, fields: { lba: requiredBits(LBA, 1, 4, 21) } }),
  seek10: defineCommand({ name: 'SEEK(10)', opcode: 0x2b, direction: 'none', deviceTypes: BLOCKS, fields: { lba: requiredWord(LBA, 2, 4) } }),
  startStopUnit: defineCommand({
    name: 'START STOP UNIT', opcode: 0x1b, direction: 'none', deviceTypes: BLOCKS,
    fields: {
      immed: flag('IMMED', 1, 0), powerConditionModifier: bits('POWER CONDITION MODIFIER', 3, 3, 4), powerCondition: bits('POWER CONDITION', 4, 7, 4),
      noFlush: flag('NO_FLUSH', 4, 2), loadEject: flag('LOEJ', 4, 1), start: flag('START', 4, 0),
    },
  }),
  preventAllowMediumRemoval: defineCommand({
    name: 'PREVENT ALLOW MEDIUM REMOVAL', opcode: 0x1e, direction: 'none', fields: { prevent: requiredBits('PREVENT', 4, 1, 2) },
  }),
  readCapacity10: defineCommand({
    name: 'READ CAPACITY(10)', opcode: 0x25, direction: 'in', deviceTypes: BLOCKS,
    /** Both obsolete since SBC-3. */
    fields: { lba: word(LBA, 2, 4), partialMediumIndicator: flag('PMI', 8, 0) },
  }),
  readCapacity16: defineCommand({
    name: 'READ CAPACITY(16)', opcode: 0x9e, serviceAction: 0x10, direction: 'in', deviceTypes: DISKS,
    fields: { lba: long(LBA, 2), allocationLength: requiredWord('ALLOCATION LENGTH', 10, 4), partialMediumIndicator: flag('PMI', 14, 0) },
  }),
  getLbaStatus: defineCommand({
    name: 'GET LBA STATUS(16)', opcode: 0x9e, serviceAction: 0x12, direction: 'in', deviceTypes: DISKS,
    fields: {
      lba: requiredLong('STARTING LOGICAL BLOCK ADDRESS', 2), allocationLength: requiredWord('ALLOCATION LENGTH', 10, 4),
      reportType: word('REPORT TYPE', 14, 1),
    },
  }),
  writeAndVerify10: defineCommand({
    name: 'WRITE AND VERIFY(10)', opcode: 0x2e, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeVerifyFlags, ...transfer10 },
  }),
  writeAndVerify12: defineCommand({
    name: 'WRITE AND VERIFY(12)', opcode: 0xae, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeVerifyFlags, ...transfer12 },
  }),
  writeAndVerify16: defineCommand({
    name: 'WRITE AND VERIFY(16)', opcode: 0x8e, direction: 'out', deviceTypes: BLOCKS, fields: { ...writeVerifyFlags, ...transfer16 },
  }),
  writeAndVerify32: defineCommand({
    name: 'WRITE AND VERIFY(32)', opcode: 0x7f, serviceAction: 0x0c, direction: 'out', deviceTypes: DISKS,
    fields: { wrprotect: wrprotect32, bytchk: bits('BYTCHK', 10, 2, 2), ...range32, transferLength: requiredWord(TRANSFER, 28, 4) },
  }),
  verify10: defineCommand({ name: 'VERIFY(10)', opcode: 0x2f, direction: 'out', deviceTypes: BLOCKS, fields: { ...verifyFlags, ...verify10 } }),
  verify12: defineCommand({ name: 'VERIFY(12)', opcode: 0xaf, direction: 'out', deviceTypes: BLOCKS, fields: { ...verifyFlags, ...verify12 } }),
  verify16: defineCommand({ name: 'VERIFY(16)', opcode: 0x8f, direction: 'out', deviceTypes: BLOCKS, fields: { ...verifyFlags, ...verify16 } }),
  verify32: defineCommand({
    name: 'VERIFY(32)', opcode: 0x7f, serviceAction: 0x0a, direction: 'out', deviceTypes: DISKS,
    fields: { vrprotect: bits('VRPROTECT', 10, 7, 3), bytchk: bits('BYTCHK', 10, 2, 2), ...range32, verificationLength: requiredWord(VERIFICATION, 28, 4) },
  }),
  preFetch10: defineCommand({
    name: 'PRE-FETCH(10)', opcode: 0x34, direction: 'none', deviceTypes: BLOCKS,
    fields: { immed: flag('IMMED', 1, 1), ...address10, prefetchLength: requiredWord('PREFETCH LENGTH', 7, 2) },
  }),
  preFetch16: defineCommand({
    name: 'PRE-FETCH(16)', opcode: 0x90, direction: 'none', deviceTypes: BLOCKS,
    fields: { immed: flag('IMMED', 1, 1), ...address16, prefetchLength: requiredWord('PREFETCH LENGTH', 10, 4) },
  }),
  synchronizeCache10: defineCommand({
    name: 'SYNCHRONIZE CACHE(10)', opcode: 0x35, direction: 'none', deviceTypes: BLOCKS, fields: { immed: flag('IMMED', 1, 1), ...count10 },
  }),
  synchronizeCache16: defineCommand({
    name: 'SYNCHRONIZE CACHE(16)', opcode: 0x91, direction: 'none', deviceTypes: BLOCKS, fields: { immed: flag('IMMED', 1, 1), ...count16 },
  }),
  writeSame10: defineCommand({ name: 'WRITE SAME(10)', opcode: 0x41, direction: 'out', deviceTypes: DISKS, fields: { ...writeSameFlags, ...count10 } }),
  writeSame16: defineCommand({
    name: 'WRITE SAME(16)', opcode: 0x93, direction: 'out', deviceTypes: DISKS, fields: { ...writeSameFlags, ndob: flag('NDOB', 1, 0), ...count16 },
  }),
  writeSame32: defineCommand({
    name: 'WRITE SAME(32)', opcode: 0x7f, serviceAction: 0x0d, direction: 'out', deviceTypes: DISKS,
    fields: {
      groupNumber: range32.groupNumber, wrprotect: wrprotect32, anchor: flag('ANCHOR', 10, 4), unmap: flag('UNMAP', 10, 3), ndob: flag('NDOB', 10, 0),
      lba: range32.lba, expectedInitialReferenceTag: range32.expectedInitialReferenceTag, expectedApplicationTag: range32.expectedApplicationTag,
      applicationTagMask: range32.applicationTagMask, numberOfLogicalBlocks: requiredWord(COUNT, 28, 4),
    },
  }),
  unmap: defineCommand({
    name: 'UNMAP', opcode: 0x42, direction: 'out', deviceTypes: DISKS,
    fields: { anchor: flag('ANCHOR', 1, 0), groupNumber: bits(GROUP, 6, 5, 6), parameterListLength: requiredWord('PARAMETER LIST LENGTH', 7, 2) },
  }),
  compareAndWrite: defineCommand({
    name: 'COMPARE AND WRITE', opcode: 0x89, direction: 'out', deviceTypes: DISKS,
    fields: { ...writeFlags, ...address16, numberOfLogicalBlocks: requiredWord(COUNT, 13, 1) },
  }),
};

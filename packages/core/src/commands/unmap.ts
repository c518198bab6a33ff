import { OPCODE, readU16, readU32, readU64Number, readU8, SENSE_CONDITION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type BlockStore, type StoreCallback, StoreError } from '../store/block-store.js';
import { MEDIUM_TIMEOUT } from './block-cdb.js';
import { inTurn } from './chunks.js';
import { defineCommand, type OperationCodeReport, t10Only } from './command.js';
import { storeOf, writeFailed, written } from './medium.js';
import { unmapLimits } from './provisioning.js';

const ANCHOR = 0x01;
const LIST_HEADER = 8;
const DESCRIPTOR = 16;
/** Where the list says how long its descriptors are. */
const DESCRIPTOR_DATA_LENGTH = 2;

const REPORT: OperationCodeReport = { order: 30, usage: [0x42, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x04], timeout: MEDIUM_TIMEOUT };

/** UNMAP, SBC-4 5.28; SPEC 9. */
export const unmap = defineCommand({
  opcode: OPCODE.UNMAP,
  name: 'UNMAP',
  on: ['disk'],
  direction: 'out',
  length: { at: 7, bytes: 2 },
  whileReserved: 'writes',
  writesMedium: true,
  report: REPORT,
  prepare: (command) => {
    if (command.transferLength === 0) return true;
    const length = descriptorLength(command);
    if (length % DESCRIPTOR === 0 && length <= Math.max(command.transferLength - LIST_HEADER, 0)) return true;
    command.invalidFieldInParameterList(DESCRIPTOR_DATA_LENGTH);
    return false;
  },
  execute: (command) => {
    if (!command.device.thinProvisioned) {
      command.fail(SENSE_CONDITION.INVALID_COMMAND_OPERATION_CODE);
    } else if ((readU8(command.cdb, 1) & ANCHOR) !== 0) {
      command.invalidFieldInCdb(1, 0);
    } else {
      const descriptors = command.transferLength === 0 ? [] : parseDescriptors(command);
      const total = descriptors.reduce((sum, { blocks }) => sum + blocks, 0);
      if (total > unmapLimits(command.device).maxBlocks) command.invalidFieldInParameterList(0);
      else unmapAll(command, descriptors);
    }
  },
});

/** UNMAP, listed where it works. */
export const unmapOfThinDevices = defineCommand({
  ...unmap,
  only: t10Only('SPC-5, REPORT SUPPORTED OPERATION CODES command', 'SCST lists UNMAP for thick devices too, which then refuse it. A list of commands names what works.'),
  report: { ...REPORT, when: ({ device }) => device.thinProvisioned },
});

interface Descriptor {
  readonly lba: number;
  readonly blocks: number;
}

function descriptorLength(command: ActiveCommand): number {
  return readU16(command.dataOut, DESCRIPTOR_DATA_LENGTH);
}

function parseDescriptors(command: ActiveCommand): Descriptor[] {
  const list = command.dataOut;
  const declared = descriptorLength(command);
  if (declared === 0) return [];
  const length = command.rules.unmapDescriptors === 'list' ? command.transferLength - LIST_HEADER : declared;
  const end = LIST_HEADER + length - (length % DESCRIPTOR);
  const descriptors: Descriptor[] = [];
  for (let at = LIST_HEADER; at < end; at += DESCRIPTOR) descriptors.push({ lba: readU64Number(list, at), blocks: readU32(list, at + 8) });
  return descriptors;
}

/** One after the other: those before a descriptor that is out of range have been freed when the command fails. */
function unmapAll(command: ActiveCommand, descriptors: readonly Descriptor[]): void {
  const { blockSize } = command.device;
  const blockCount = Number(command.server.medium.blockCount);
  let index = 0;
  let outOfRange = false;
  inTurn(
    (done) => {
      const descriptor = descriptors[index++];
      if (descriptor === undefined || command.aborted) return false;
      outOfRange = descriptor.blocks > 0 && descriptor.lba + descriptor.blocks > blockCount;
      if (outOfRange) return false;
      if (descriptor.blocks === 0) done(null);
      else unmapRange(command, descriptor.lba * blockSize, descriptor.blocks * blockSize, done);
      return true;
    },
    (error) => {
      if (error !== null) writeFailed(command, error);
      else if (outOfRange) command.fail(SENSE_CONDITION.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
      else written(command, false);
    },
  );
}

/** Frees a range of bytes. A store that cannot keeps its data. */
export function unmapRange(command: ActiveCommand, position: number, length: number, done: StoreCallback): void {
  free(command, (store) => {
    if (store.unmap === undefined) done(null);
    else store.unmap(position, length, done);
  }, done);
}

/** Frees a range of bytes that is to read as zeros. */
export function zeroRange(command: ActiveCommand, position: number, length: number, done: StoreCallback): void {
  free(command, (store) => {
    if (store.zero !== undefined) store.zero(position, length, done);
    else if (store.unmap === undefined) done(null);
    else store.unmap(position, length, done);
  }, done);
}

function free(command: ActiveCommand, work: (store: BlockStore) => void, done: StoreCallback): void {
  const store = storeOf(command);
  if (command.device.kind === 'nullio') done(null);
  else if (store === null) done(new StoreError('ENXIO', 'the backing file is not open'));
  else work(store);
}

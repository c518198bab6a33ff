import { encodeLbaStatus, type LbaStatusDescriptor, OPCODE, PROVISIONING_STATUS, readU8, SERVICE_ACTION } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { StoreExtent } from '../store/block-store.js';
import { defineCommand, t10Only } from './command.js';
import { readFailed, storeOf } from './medium.js';

const REPORT_TYPE_AT = 14;
const HEADER = 8;
const DESCRIPTOR = 16;
const MAX_BLOCKS = 0xffff_ffff;
/** Looked at for one command; there is room for fewer descriptors in most answers, and the next command asks on. */
const MAX_EXTENTS = 4096;

/** GET LBA STATUS (16), SBC-4 5.9. */
export const getLbaStatus = defineCommand({
  only: t10Only('SBC-4, GET LBA STATUS command', 'SCST refuses every GET LBA STATUS. Here the extents of the backing file decide: its holes are deallocated, and so are blocks freed that are smaller than its file system can free. What cannot be told counts as mapped.'),
  opcode: OPCODE.SERVICE_ACTION_IN_16,
  serviceAction: SERVICE_ACTION.SERVICE_ACTION_IN_16.GET_LBA_STATUS,
  name: 'GET LBA STATUS',
  on: ['disk'],
  direction: 'in',
  lba: { at: 2, bytes: 8 },
  length: { at: 10, bytes: 4 },
  whileReserved: 'reads',
  report: { order: 60, usage: [0x9e, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
  decode: (command) => {
    // The starting block must be there; the allocation length says nothing of the medium.
    command.rangeLength = command.server.medium.blockSize;
    return true;
  },
  execute: (command) => {
    if (readU8(command.cdb, REPORT_TYPE_AT) !== 0) command.invalidFieldInCdb(REPORT_TYPE_AT);
    else if (command.transferLength === 0) command.good();
    else void report(command);
  },
});

async function report(command: ActiveCommand): Promise<void> {
  const { device, position } = command;
  const length = Number(command.server.medium.blockCount) * device.blockSize - position;
  let extents: StoreExtent[];
  try {
    extents = (await storeOf(command)?.extents?.(position, length, MAX_EXTENTS)) ?? [{ position, length, allocated: true }];
  } catch {
    readFailed(command);
    return;
  }
  // The buffer has room for one descriptor, or what it has room for is cut.
  const room = Math.max(Math.floor((command.transferLength - HEADER) / DESCRIPTOR), 1);
  command.reply(encodeLbaStatus(descriptors(extents, device.blockSize).slice(0, room)));
}

/** Extents as whole blocks: a block is deallocated if all of it is. Neighbours of the same state are one. */
function descriptors(extents: readonly StoreExtent[], blockSize: number): LbaStatusDescriptor[] {
  const runs: { lba: number; blocks: number; mapped: boolean }[] = [];
  const push = (from: number, to: number, mapped: boolean): void => {
    if (to <= from) return;
    const last = runs.at(-1);
    if (last?.mapped === mapped) last.blocks += to - from;
    else runs.push({ lba: from, blocks: to - from, mapped });
  };
  let next = 0;
  extents.forEach((extent, index) => {
    const from = index === 0 ? extent.position / blockSize : next;
    const end = extent.position + extent.length;
    // A mapped extent takes the blocks at its edges, a freed one leaves them.
    const to = extent.allocated || index === extents.length - 1 ? Math.ceil(end / blockSize) : Math.floor(end / blockSize);
    push(from, to, extent.allocated);
    next = Math.max(to, from);
  });
  return runs.flatMap(split);
}

/** NUMBER OF LOGICAL BLOCKS has 32 bits. */
function split({ lba, blocks, mapped }: { lba: number; blocks: number; mapped: boolean }): LbaStatusDescriptor[] {
  const parts: LbaStatusDescriptor[] = [];
  const provisioningStatus = mapped ? PROVISIONING_STATUS.MAPPED : PROVISIONING_STATUS.DEALLOCATED;
  for (let at = 0; at < blocks; at += MAX_BLOCKS) {
    parts.push({ lba: BigInt(lba + at), numberOfLogicalBlocks: Math.min(blocks - at, MAX_BLOCKS), provisioningStatus, additionalStatus: 0 });
  }
  return parts;
}

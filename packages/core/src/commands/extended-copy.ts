import { OPCODE, readU8, SENSE_CONDITION, SERVICE_ACTION, STATUS, writeU16, writeU32, type SenseCondition } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { MEDIUM_TIMEOUT } from './block-cdb.js';
import { type CommandRow, defineCommand } from './command.js';
import { copySegments } from './copy/copy-job.js';
import { COPY_RULES } from './copy/copy-rules.js';
import { type CopyRecord, encodeCopyStatus, encodeFailedSegmentDetails, listIdsOf } from './copy/list-ids.js';
import {
  type CopyContext,
  type CopyRefusal,
  type CopySegment,
  CSCD_IDENTIFICATION,
  MAX_CSCD_DESCRIPTORS,
  MAX_SEGMENT_DESCRIPTORS,
  readCopyDescriptors,
  readCopyHeader,
  readCopySegments,
  SEGMENT_BLOCK_TO_BLOCK,
} from './copy/parameter-list.js';
import { copyManager, mayCopy, partyFinder } from './copy/parties.js';

/** OPERATION IN PROGRESS: a copy under that list identifier goes on. */
const OPERATION_IN_PROGRESS: SenseCondition = { senseKey: 0x5, additionalSenseCode: 0x00, additionalSenseCodeQualifier: 0x16 };

/** A copy between the look at its list and its execution. */
interface PlannedCopy {
  readonly segments: readonly CopySegment[];
  /** Undefined: the list has no identifier. */
  readonly listId: number | undefined;
}

const planned = new WeakMap<ActiveCommand, PlannedCopy>();

/** EXTENDED COPY (LID1), SPC-4 6.4; SPEC 15. */
const extendedCopy = defineCommand({
  opcode: OPCODE.EXTENDED_COPY,
  name: 'EXTENDED COPY',
  on: ['disk'],
  direction: 'out',
  length: { at: 10, bytes: 4 },
  whileReserved: 'writes',
  writesMedium: true,
  local: true,
  report: { order: 32, usage: [0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: MEDIUM_TIMEOUT },
  decode: (command) => {
    // LID1 is service action 0; the rest of the byte is reserved.
    if (readU8(command.cdb, 1) === SERVICE_ACTION.EXTENDED_COPY.EXTENDED_COPY_LID1) return true;
    command.invalidFieldInCdb(1, 0);
    return false;
  },
  prepare: plan,
  execute: (command) => {
    const copy = planned.get(command);
    if (copy === undefined) {
      command.good();
      return;
    }
    const record = copy.listId === undefined ? undefined : listIdsOf(command.session).take(copy.listId);
    if (copy.listId !== undefined && record === undefined) command.fail(OPERATION_IN_PROGRESS);
    else void carryOut(command, copy.segments, record);
  },
});

/** Takes the parameter list apart as soon as it is there. False: the command has been ended. */
function plan(command: ActiveCommand): boolean {
  const list = command.transferLength === 0 ? null : command.task.dataOut;
  if (list === null || list.length === 0) return true;
  const header = readCopyHeader(list);
  if ('kind' in header) return refuse(command, header);
  const listIds = listIdsOf(command.session);
  const { listId } = header;
  if (listId !== undefined && !listIds.forget(listId)) return refuse(command, { kind: 'condition', condition: OPERATION_IN_PROGRESS });

  const context = copyContext(command);
  const descriptors = readCopyDescriptors(list, context);
  if (descriptors === undefined) return true;
  if ('kind' in descriptors) return refuse(command, descriptors);
  const segments = readCopySegments(list, descriptors, context);
  if ('kind' in segments) {
    refuse(command, segments);
    if (listId !== undefined) finish(listIds.take(listId), command);
    return false;
  }
  planned.set(command, { segments, listId });
  return true;
}

function copyContext({ server, session }: ActiveCommand): CopyContext {
  const { core } = server;
  const manager = copyManager(core);
  return {
    findParty: partyFinder(manager),
    mayUse: ({ nexus }) => mayCopy(core, manager, session, nexus.device),
    descriptorSense: server.senseFormat === 'descriptor',
    rules: COPY_RULES[core.profile],
  };
}

function refuse(command: ActiveCommand, refusal: CopyRefusal): false {
  switch (refusal.kind) {
    case 'cdb':
      command.invalidFieldInCdb(refusal.byte);
      break;
    case 'parameters':
      command.invalidFieldInParameterList(refusal.byte, refusal.bit);
      break;
    case 'condition':
      command.fail(refusal.condition);
      break;
    case 'sense':
      command.failWith(refusal.sense);
      break;
  }
  return false;
}

async function carryOut(command: ActiveCommand, segments: readonly CopySegment[], record: CopyRecord | undefined): Promise<void> {
  try {
    await copySegments(command, segments, record);
  } catch {
    command.fail(SENSE_CONDITION.INTERNAL_TARGET_FAILURE);
  }
  finish(record, command);
}

/** From now on the copy's result can be asked for. */
function finish(record: CopyRecord | undefined, { status, sense }: ActiveCommand): void {
  if (record === undefined) return;
  record.status = status;
  record.sense = status === STATUS.CHECK_CONDITION ? sense : new Uint8Array(0);
  record.endedAt = performance.now();
}

/** The longest sense data that SCST may have kept: FAILED SEGMENT DETAILS is taken to be read only with room for it. */
const MAX_SENSE_LENGTH = 252;
const DETAILS_LENGTH = 60;

const ACTION = SERVICE_ACTION.RECEIVE_COPY_RESULTS;

/** RECEIVE COPY RESULTS, SPC-4 6.21 to 6.24. */
const receiveCopyResults = defineCommand({
  opcode: OPCODE.RECEIVE_COPY_RESULTS,
  name: 'RECEIVE COPY RESULTS',
  on: ['disk'],
  direction: 'in',
  length: { at: 10, bytes: 4 },
  whileReserved: 'persistent',
  local: true,
  execute: (command) => {
    const listIds = listIdsOf(command.session);
    const listId = readU8(command.cdb, 2);
    const record = listIds.find(listId);
    switch (command.serviceAction) {
      case ACTION.OPERATING_PARAMETERS:
        command.reply(operatingParameters());
        return;
      case ACTION.COPY_STATUS_LID1:
        if (record === undefined) break;
        command.reply(encodeCopyStatus(record));
        if (record.endedAt !== undefined) listIds.forget(listId);
        return;
      case ACTION.FAILED_SEGMENT_DETAILS_LID1: {
        if (record?.endedAt === undefined) break;
        const needed = DETAILS_LENGTH + (record.status === 0 ? 0 : MAX_SENSE_LENGTH);
        if (command.transferLength === 0 || command.transferLength >= needed) listIds.forget(listId);
        command.reply(encodeFailedSegmentDetails(record));
        return;
      }
      default:
        command.invalidFieldInCdb(1, 0);
        return;
    }
    command.invalidFieldInCdb(2);
  },
});

/** Bytes */
const MAX_DESCRIPTOR_LIST_LENGTH = 0xffff;
const MAX_SEGMENT_LENGTH = 256 * 1024 * 1024;

/** Parameter data of OPERATING PARAMETERS, SPC-4 6.24. */
function operatingParameters(): Uint8Array {
  const implemented = [SEGMENT_BLOCK_TO_BLOCK, CSCD_IDENTIFICATION];
  const data = new Uint8Array(44 + implemented.length);
  writeU32(data, 0, data.length - 4);
  data[4] = 0x01; // SNLID: no list identifier is needed
  writeU16(data, 8, MAX_CSCD_DESCRIPTORS);
  writeU16(data, 10, MAX_SEGMENT_DESCRIPTORS);
  writeU32(data, 12, MAX_DESCRIPTOR_LIST_LENGTH);
  writeU32(data, 16, MAX_SEGMENT_LENGTH);
  writeU16(data, 34, 0xffff); // TOTAL CONCURRENT COPIES
  data[36] = 0xff; // MAXIMUM CONCURRENT COPIES
  data[37] = 16; // DATA SEGMENT GRANULARITY: 2^16 bytes
  data[43] = implemented.length;
  data.set(implemented, 44);
  return data;
}

export const extendedCopyCommands: readonly CommandRow[] = [extendedCopy, receiveCopyResults];

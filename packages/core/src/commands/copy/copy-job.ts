import { OPCODE, readU8, SENSE_KEY, STATUS, writeU32, writeU64 } from '@scst/scsi';
import type { ActiveCommand } from '../../nexus/active-command.js';
import type { ScsiTask } from '../../nexus/task.js';
import { COPY_RULES } from './copy-rules.js';
import { encodeCopyFailure, encodeThirdPartyFailure, type FailedCommand } from './copy-sense.js';
import type { CopyRecord } from './list-ids.js';
import type { CopyParty, CopySegment } from './parameter-list.js';

/** Bytes read and written at a time, unless a block is larger. */
const CHUNK = 512 * 1024;
/** A command that could not run is tried again after a second, and no copy spends more than half a minute on that. */
const RETRY_AFTER = 1000;
const MAX_RETRIES = 30;

/** What another initiator's doings can end a command with. */
const RETRIED_STATUS: ReadonlySet<number> = new Set([
  STATUS.BUSY,
  STATUS.TASK_SET_FULL,
  STATUS.RESERVATION_CONFLICT,
  STATUS.ACA_ACTIVE,
  STATUS.TASK_ABORTED,
]);

/**
 * Carries out the segments of an EXTENDED COPY, one after the other, as READ (16) and WRITE (16) of the copy manager: its
 * session is just another initiator to the devices, with reservations against it and unit attentions of its own.
 */
export async function copySegments(command: ActiveCommand, segments: readonly CopySegment[], record: CopyRecord | undefined): Promise<void> {
  const { server } = command;
  const rules = COPY_RULES[server.core.profile];
  const patience: Patience = { retries: MAX_RETRIES };
  const buffer = new Uint8Array(Math.max(0, ...segments.map(chunkLength)));
  const leave = await enterOthers(command, segments);
  let soFar = 0;
  let index = 0;
  let failure: FailedCommand | undefined;
  for (; index < segments.length && failure === undefined && goesOn(command); index++) {
    const segment = segments[index];
    if (segment === undefined || segment.length === 0) continue;
    if (record !== undefined) record.segments = index + 1;
    const step = chunkLength(segment);
    let own = 0;
    while (own < segment.length && goesOn(command)) {
      const chunk = buffer.subarray(0, Math.min(step, segment.length - own));
      failure = await copyChunk(command, segment, own, chunk, patience);
      if (failure !== undefined) break;
      own += chunk.length;
    }
    soFar += own;
    if (record !== undefined) record.written += rules.countedBytes === 'own' ? own : soFar;
  }
  for (const each of leave) each();
  const failed = segments[index - 1];
  if (failure === undefined || failed === undefined) command.good();
  else command.failWith(encodeFailure(failure, failed, rules.reportedSegment === 'failed' ? index - 1 : index, server.senseFormat === 'descriptor'));
}

/** Whole blocks of both sides: all block sizes are powers of two. */
function chunkLength({ source, destination, length }: CopySegment): number {
  return Math.min(length, Math.max(CHUNK, source.blockSize, destination.blockSize));
}

/** The copy runs on the devices it reaches as well as on its own: whoever blocks one of them waits for its end. */
async function enterOthers({ server }: ActiveCommand, segments: readonly CopySegment[]): Promise<(() => void)[]> {
  const others = new Set(segments.flatMap(({ source, destination }) => [source.nexus.server, destination.nexus.server]));
  others.delete(server);
  return await Promise.all([...others].map((other) => other.enter()));
}

function encodeFailure(failure: FailedCommand, { destinationOffset }: CopySegment, segment: number, descriptorFormat: boolean): Uint8Array {
  const withoutSense = failure.side === 'destination' && failure.status !== STATUS.CHECK_CONDITION;
  return withoutSense ? encodeThirdPartyFailure(segment, destinationOffset, descriptorFormat) : encodeCopyFailure(segment, failure, descriptorFormat);
}

async function copyChunk(command: ActiveCommand, segment: CopySegment, at: number, chunk: Uint8Array, patience: Patience): Promise<FailedCommand | undefined> {
  const { source, destination } = segment;
  const readCdb = mediumCdb(OPCODE.READ_16, segment.sourceLba, at, chunk.length, source.blockSize);
  const read = await perform(command, source, { cdb: readCdb, dataIn: chunk, dataOut: null }, patience);
  if (read !== undefined) return { side: 'source', ...read };
  if (!goesOn(command)) return undefined;
  const writeCdb = mediumCdb(OPCODE.WRITE_16, segment.destinationLba, at, chunk.length, destination.blockSize);
  const write = await perform(command, destination, { cdb: writeCdb, dataIn: null, dataOut: chunk }, patience);
  return write === undefined ? undefined : { side: 'destination', ...write };
}

function mediumCdb(opcode: number, lba: bigint, offset: number, length: number, blockSize: number): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb[0] = opcode;
  writeU64(cdb, 2, lba + BigInt(offset / blockSize));
  writeU32(cdb, 10, length / blockSize);
  return cdb;
}

type Payload = Pick<ScsiTask, 'cdb' | 'dataIn' | 'dataOut'>;

/** How often commands of a copy may still be tried again. */
interface Patience {
  retries: number;
}

/** Gives what it failed with; undefined: it succeeded, or the copy was aborted meanwhile. */
async function perform(command: ActiveCommand, party: CopyParty, payload: Payload, patience: Patience): Promise<{ status: number; sense: Uint8Array } | undefined> {
  for (;;) {
    const { status, sense, aborted } = await submit(party, payload);
    if (!goesOn(command) || (status === STATUS.GOOD && !aborted)) return undefined;
    if (isUnitAttention(status, sense)) continue;
    if ((!aborted && !RETRIED_STATUS.has(status)) || patience.retries === 0) return { status, sense };
    patience.retries--;
    await new Promise<void>((resolve) => command.server.core.clock.after(RETRY_AFTER, resolve));
    if (!goesOn(command)) return undefined;
  }
}

/** A reset, or the end of the nexus, has not cut the copy off. */
function goesOn(command: ActiveCommand): boolean {
  return !command.aborted;
}

function submit({ nexus }: CopyParty, payload: Payload): Promise<ScsiTask> {
  return new Promise((resolve) => {
    nexus.server.submitInternal(nexus, {
      ...payload,
      attribute: 'simple',
      status: STATUS.GOOD,
      sense: new Uint8Array(0),
      residual: 0,
      aborted: false,
      done: resolve,
    });
  });
}

function isUnitAttention(status: number, sense: Uint8Array): boolean {
  if (status !== STATUS.CHECK_CONDITION) return false;
  const key = (readU8(sense, 0) & 0x02) === 0 ? readU8(sense, 2) : readU8(sense, 1);
  return (key & 0x0f) === SENSE_KEY.UNIT_ATTENTION;
}

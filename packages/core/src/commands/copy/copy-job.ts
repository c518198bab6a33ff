import { OPCODE, readU8, SENSE_KEY, STATUS, writeU32, writeU64 } from '@scst/scsi';
import { type ActiveCommand } from '../../nexus/active-command.js';
import { type ScsiTask } from '../../nexus/task.js';
import { encodeCopyFailure, encodeThirdPartyFailure, type FailedCommand } from './copy-sense.js';
import { type CopyRecord } from './list-ids.js';
import { type CopyParty, type CopySegment } from './parameter-list.js';

/** Bytes read and written at a time. */
const CHUNK = 512 * 1024;
/** A command that could not run is tried again after a second, until the copy is half a minute old. */
const RETRY_AFTER = 1000;
const GIVE_UP_AFTER = 30_000;

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
  const started = performance.now();
  const buffer = new Uint8Array(Math.min(CHUNK, Math.max(0, ...segments.map(({ length }) => length))));
  const others = new Set(segments.flatMap(({ source, destination }) => [source.nexus.server, destination.nexus.server]));
  others.delete(server);
  const leave = await Promise.all([...others].map((other) => other.enter()));
  let failure: FailedCommand | undefined;
  let done = 0;
  let written = 0;
  try {
    for (const segment of segments) {
      done++;
      if (segment.length === 0) continue;
      if (record !== undefined) record.segments = done;
      for (let at = 0; at < segment.length && failure === undefined && goesOn(command); at += buffer.length) {
        const chunk = buffer.subarray(0, Math.min(buffer.length, segment.length - at));
        failure = await copyChunk(command, segment, at, chunk, started + GIVE_UP_AFTER);
        if (failure === undefined) written += chunk.length;
      }
      if (record !== undefined) record.written += written;
      if (failure !== undefined || !goesOn(command)) break;
    }
  } finally {
    for (const each of leave) each();
  }
  const descriptorSense = server.senseFormat === 'descriptor';
  const failed = segments[done - 1];
  // SCST has stepped on by one when it reports: segments count from one here.
  if (failure === undefined || failed === undefined) command.good();
  else if (failure.side === 'destination' && failure.status !== STATUS.CHECK_CONDITION) {
    command.failWith(encodeThirdPartyFailure(done, failed.destinationOffset, descriptorSense));
  } else command.failWith(encodeCopyFailure(done, failure, descriptorSense));
}

async function copyChunk(command: ActiveCommand, segment: CopySegment, at: number, chunk: Uint8Array, deadline: number): Promise<FailedCommand | undefined> {
  const { source, destination } = segment;
  const readCdb = mediumCdb(OPCODE.READ_16, segment.sourceLba, at, chunk.length, source.blockSize);
  const read = await perform(command, source, { cdb: readCdb, dataIn: chunk, dataOut: null }, deadline);
  if (read !== undefined) return { side: 'source', ...read };
  if (!goesOn(command)) return undefined;
  const writeCdb = mediumCdb(OPCODE.WRITE_16, segment.destinationLba, at, chunk.length, destination.blockSize);
  const write = await perform(command, destination, { cdb: writeCdb, dataIn: null, dataOut: chunk }, deadline);
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

/** Gives what it failed with; undefined: it succeeded, or the copy was aborted meanwhile. */
async function perform(command: ActiveCommand, party: CopyParty, payload: Payload, deadline: number): Promise<{ status: number; sense: Uint8Array } | undefined> {
  for (;;) {
    const { status, sense, aborted } = await submit(party, payload);
    if (!goesOn(command) || (status === STATUS.GOOD && !aborted)) return undefined;
    if (performance.now() >= deadline) return { status, sense };
    if (aborted || RETRIED_STATUS.has(status)) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
    else if (!isUnitAttention(status, sense)) return { status, sense };
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

import { writeU16, writeU32 } from '@scst/scsi';
import type { SessionObject } from '../../nexus/objects.js';

/** How long what became of a copy can be asked for. */
const KEEP_MILLISECONDS = 5000;

/** A copy under its list identifier, while it goes on and for a while after. */
export class CopyRecord {
  /** Segments processed, the one at work included. */
  segments = 0;
  /** Bytes written, as SCST counts them: what all segments have written so far, once more for each segment. */
  written = 0;
  status = 0;
  sense: Uint8Array = new Uint8Array(0);
  /** When the copy ended, in milliseconds of {@link performance}; undefined while it goes on. */
  endedAt: number | undefined;
}

/** The copies of one session by list identifier (SPC-4 5.17.4.2). */
class ListIds {
  readonly #records = new Map<number, CopyRecord>();

  /** Begins a record. Undefined: a copy under that identifier is going on. */
  take(listId: number): CopyRecord | undefined {
    if (!this.forget(listId)) return undefined;
    const record = new CopyRecord();
    this.#records.set(listId, record);
    return record;
  }

  /** What is known under an identifier. What ended too long ago is not. */
  find(listId: number): CopyRecord | undefined {
    const record = this.#records.get(listId);
    if (record?.endedAt === undefined || performance.now() - record.endedAt < KEEP_MILLISECONDS) return record;
    this.#records.delete(listId);
    return undefined;
  }

  /** Lets go of what became of an earlier copy. False: it is going on. */
  forget(listId: number): boolean {
    const record = this.#records.get(listId);
    if (record !== undefined && record.endedAt === undefined) return false;
    this.#records.delete(listId);
    return true;
  }
}

const bySession = new WeakMap<SessionObject, ListIds>();

/** The list identifiers of a session. */
export function listIdsOf(session: SessionObject): ListIds {
  const existing = bySession.get(session);
  if (existing !== undefined) return existing;
  const made = new ListIds();
  bySession.set(session, made);
  return made;
}

/** COPY OPERATION STATUS of COPY STATUS. */
const IN_PROGRESS = 0;
const DONE = 1;
const FAILED = 2;
/** TRANSFER COUNT UNITS: KiB. */
const KIBIBYTES = 1;

/** Parameter data of COPY STATUS (LID1), SPC-4 6.21. */
export function encodeCopyStatus({ endedAt, status, segments, written }: CopyRecord): Uint8Array {
  const data = new Uint8Array(12);
  writeU32(data, 0, data.length - 4);
  if (endedAt === undefined) data[4] = IN_PROGRESS;
  else data[4] = status === 0 ? DONE : FAILED;
  writeU16(data, 5, segments);
  data[7] = KIBIBYTES;
  writeU32(data, 8, Math.floor(written / 1024));
  return data;
}

/** FAILED SEGMENT DETAILS without the sense data. */
const DETAILS_LENGTH = 60;

/** Parameter data of FAILED SEGMENT DETAILS (LID1), SPC-4 6.23. AVAILABLE DATA is one too many: SCST counts it so. */
export function encodeFailedSegmentDetails({ status, sense }: CopyRecord): Uint8Array {
  const data = new Uint8Array(DETAILS_LENGTH + (status === 0 ? 0 : sense.length));
  writeU32(data, 0, data.length - 3);
  data[56] = status;
  if (status !== 0) {
    writeU16(data, 58, sense.length);
    data.set(sense, DETAILS_LENGTH);
  }
  return data;
}

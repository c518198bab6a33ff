import { STATUS, writeU16, writeU24, writeU32 } from '@scst/scsi';
import { crc32c } from '../digest/crc32c.js';
import { AT, DIGEST_LENGTH, FINAL, HEADER_LENGTH, NO_TAG, OPCODE, padded, RESPONSE_FLAG } from '../pdu/opcode.js';
import { next } from '../session/serial.js';
import type { IscsiTask } from '../session/task.js';
import type { Output } from './output.js';

/** ExpCmdSN and MaxCmdSN of every PDU that goes out. */
export interface CommandWindow {
  readonly expCmdSn: number;
  readonly maxCmdSn: number;
}

const NOTHING = new Uint8Array(0);

/** Writes a connection's PDUs into its {@link Output}, with its StatSN and its digests. */
export class ResponseWriter {
  readonly #output: Output;
  window: CommandWindow;
  /** StatSN of the next response. */
  statSn = 1;
  headerDigest = false;
  dataDigest = false;
  /** The longest data segment to send. */
  maxDataLength: number;
  /** MaxBurstLength. */
  maxBurstLength: number;

  constructor(output: Output, window: CommandWindow, lengths: { readonly maxDataLength: number; readonly maxBurstLength: number }) {
    this.#output = output;
    this.window = window;
    this.maxDataLength = lengths.maxDataLength;
    this.maxBurstLength = lengths.maxBurstLength;
  }

  /** Bytes of a header with its digest. */
  get headerRoom(): number {
    return this.headerDigest ? HEADER_LENGTH + DIGEST_LENGTH : HEADER_LENGTH;
  }

  /** Bytes of a data segment with padding and digest. */
  #dataRoom(length: number): number {
    return length === 0 ? 0 : padded(length) + (this.dataDigest ? DIGEST_LENGTH : 0);
  }

  /** Sends a PDU whose header has been encoded. `countsStatus`: it carries a StatSN of its own; else it names the next one. */
  send(header: Uint8Array, data: Uint8Array = NOTHING, countsStatus = true): void {
    const output = this.#output;
    output.reserve(this.headerRoom + this.#dataRoom(data.length));
    const { slab, at } = output;
    const { bytes } = slab;
    bytes.set(header, at);
    writeU24(bytes, at + AT.DATA_SEGMENT_LENGTH, data.length);
    this.#writeNumbers(bytes, at, countsStatus);
    this.#finishHeader(bytes, at);
    bytes.set(data, at + this.headerRoom);
    output.push(slab, at, this.#finishData(bytes, at + this.headerRoom, data.length));
  }

  /** Reserves the memory that a command's data-in goes to the socket from, behind room for a header. */
  reserveDataIn(task: IscsiTask, length: number): void {
    const output = this.#output;
    output.reserve(this.headerRoom + this.#dataRoom(length));
    const { slab, at } = output;
    task.inSlab = slab;
    task.inAt = at;
    task.dataIn = new Uint8Array(slab.bytes.buffer, slab.bytes.byteOffset + at + this.headerRoom, length);
  }

  /** Sends a command's status, its sense data and what it moved. `moved` bytes of data-in lie where they were reserved. */
  respond(task: IscsiTask, moved: number): void {
    if (moved > 0 && task.status === STATUS.GOOD && task.writeLength === 0) {
      this.#dataIn(task, moved, true);
      return;
    }
    let dataSn = 0;
    if (moved > 0) dataSn = this.#dataIn(task, moved, false);
    else this.dropDataIn(task);
    this.#scsiResponse(task, moved, dataSn);
  }

  /** Gives up what was reserved for data-in. */
  dropDataIn(task: IscsiTask): void {
    if (task.inSlab !== null) this.#output.cancel(task.inSlab);
    task.inSlab = null;
  }

  /** Gives the number of PDUs sent. */
  #dataIn(task: IscsiTask, moved: number, withStatus: boolean): number {
    const output = this.#output;
    const { headerRoom } = this;
    const slab = task.inSlab;
    if (slab === null) return 0;
    task.inSlab = null;
    const { bytes } = slab;
    const dataAt = task.inAt + headerRoom;
    const longest = this.maxDataLength & ~3;
    const burst = this.maxBurstLength & ~3;
    let offset = 0;
    let dataSn = 0;
    let burstLeft = burst;
    do {
      const length = Math.min(moved - offset, longest, burstLeft);
      const isLast = offset + length === moved;
      burstLeft -= length;
      const endsBurst = isLast || burstLeft === 0;
      if (burstLeft === 0) burstLeft = burst;
      if (offset === 0) {
        this.#dataInHeader(bytes, task.inAt, task, offset, length, dataSn, endsBurst, withStatus && isLast, moved);
        output.push(slab, task.inAt, this.#finishData(bytes, dataAt, length, !isLast));
      } else {
        // The digest of the data before goes with the header.
        const digest = this.dataDigest ? DIGEST_LENGTH : 0;
        output.reserve(digest + headerRoom);
        const { slab: headers, at } = output;
        if (digest > 0) writeDigest(headers.bytes, at, this.#lastDigest);
        this.#dataInHeader(headers.bytes, at + digest, task, offset, length, dataSn, endsBurst, withStatus && isLast, moved);
        output.push(headers, at, at + digest + headerRoom);
        output.retain(slab);
        output.push(slab, dataAt + offset, this.#finishData(bytes, dataAt + offset, length, !isLast));
      }
      dataSn++;
      offset += length;
    } while (offset < moved);
    return dataSn;
  }

  #dataInHeader(
    bytes: Uint8Array,
    at: number,
    task: IscsiTask,
    offset: number,
    length: number,
    dataSn: number,
    isFinal: boolean,
    withStatus: boolean,
    moved: number,
  ): void {
    let flags = isFinal ? FINAL : 0;
    let residual = 0;
    if (withStatus) {
      flags |= RESPONSE_FLAG.STATUS;
      residual = residualOf(task.residual, task.readLength, moved);
      flags |= residualFlag(residual);
    }
    writeU32(bytes, at, (((OPCODE.DATA_IN << 8) | flags) << 16) | (withStatus ? task.status : 0));
    writeU32(bytes, at + AT.TOTAL_AHS_LENGTH, length);
    writeU32(bytes, at + AT.LUN, 0);
    writeU32(bytes, at + AT.LUN + 4, 0);
    writeU32(bytes, at + AT.INITIATOR_TASK_TAG, task.initiatorTaskTag);
    writeU32(bytes, at + AT.TARGET_TRANSFER_TAG, NO_TAG);
    this.#writeNumbers(bytes, at, withStatus);
    writeU32(bytes, at + AT.DATA_SN, dataSn);
    writeU32(bytes, at + AT.BUFFER_OFFSET, offset);
    writeU32(bytes, at + AT.RESIDUAL_COUNT, Math.abs(residual));
    this.#finishHeader(bytes, at);
  }

  #scsiResponse(task: IscsiTask, moved: number, dataSn: number): void {
    const output = this.#output;
    const senseLength = task.sense.length;
    const dataLength = senseLength === 0 ? 0 : 2 + senseLength;
    output.reserve(this.headerRoom + this.#dataRoom(dataLength));
    const { slab, at } = output;
    const { bytes } = slab;
    let flags: number = FINAL;
    let residual = 0;
    let bidiResidual = 0;
    if (task.writeLength > 0 && task.readLength > 0) {
      bidiResidual = residualOf(task.residual, task.readLength, moved);
      if (bidiResidual !== 0) flags |= bidiResidual > 0 ? RESPONSE_FLAG.BIDI_UNDERFLOW : RESPONSE_FLAG.BIDI_OVERFLOW;
    } else {
      residual = task.writeLength > 0 ? task.residual : residualOf(task.residual, task.readLength, moved);
      flags |= residualFlag(residual);
    }
    writeU32(bytes, at, ((OPCODE.SCSI_RESPONSE << 8) | flags) * 0x1_0000 + task.status);
    writeU32(bytes, at + AT.TOTAL_AHS_LENGTH, dataLength);
    writeU32(bytes, at + AT.LUN, 0);
    writeU32(bytes, at + AT.LUN + 4, 0);
    writeU32(bytes, at + AT.INITIATOR_TASK_TAG, task.initiatorTaskTag);
    writeU32(bytes, at + AT.TARGET_TRANSFER_TAG, 0);
    this.#writeNumbers(bytes, at, true);
    // ExpDataSN: how many Data-In and R2T PDUs there were (11.4.8).
    writeU32(bytes, at + AT.DATA_SN, dataSn + task.r2tSn);
    writeU32(bytes, at + AT.BIDI_READ_RESIDUAL, Math.abs(bidiResidual));
    writeU32(bytes, at + AT.RESIDUAL_COUNT, Math.abs(residual));
    this.#finishHeader(bytes, at);
    const dataAt = at + this.headerRoom;
    if (dataLength > 0) {
      writeU16(bytes, dataAt, senseLength);
      bytes.set(task.sense, dataAt + 2);
    }
    output.push(slab, at, this.#finishData(bytes, dataAt, dataLength));
  }

  /** Asks for data-out (11.8). */
  r2t(task: IscsiTask, targetTransferTag: number, offset: number, length: number): void {
    const output = this.#output;
    output.reserve(this.headerRoom);
    const { slab, at } = output;
    const { bytes } = slab;
    writeU32(bytes, at, ((OPCODE.R2T << 8) | FINAL) * 0x1_0000);
    writeU32(bytes, at + AT.TOTAL_AHS_LENGTH, 0);
    writeU32(bytes, at + AT.LUN, task.lunHigh);
    writeU32(bytes, at + AT.LUN + 4, task.lunLow);
    writeU32(bytes, at + AT.INITIATOR_TASK_TAG, task.initiatorTaskTag);
    writeU32(bytes, at + AT.TARGET_TRANSFER_TAG, targetTransferTag);
    this.#writeNumbers(bytes, at, false);
    writeU32(bytes, at + AT.STAT_SN, this.statSn);
    writeU32(bytes, at + AT.DATA_SN, task.r2tSn++);
    writeU32(bytes, at + AT.BUFFER_OFFSET, offset);
    writeU32(bytes, at + AT.DESIRED_LENGTH, length);
    this.#finishHeader(bytes, at);
    output.push(slab, at, at + this.headerRoom);
  }

  #writeNumbers(bytes: Uint8Array, at: number, countsStatus: boolean): void {
    writeU32(bytes, at + AT.STAT_SN, this.statSn);
    if (countsStatus) this.statSn = next(this.statSn);
    writeU32(bytes, at + AT.EXP_CMD_SN, this.window.expCmdSn);
    writeU32(bytes, at + AT.MAX_CMD_SN, this.window.maxCmdSn);
  }

  #finishHeader(bytes: Uint8Array, at: number): void {
    if (this.headerDigest) writeDigest(bytes, at + HEADER_LENGTH, crc32c(bytes, at, at + HEADER_LENGTH));
  }

  /** The data digest of the last segment whose digest was to go elsewhere. */
  #lastDigest = 0;

  /** Pads data and adds its digest, or with `apart` keeps the digest for later; gives where all of it ends. */
  #finishData(bytes: Uint8Array, at: number, length: number, apart = false): number {
    if (length === 0) return at;
    const end = at + padded(length);
    for (let padding = at + length; padding < end; padding++) bytes[padding] = 0;
    if (!this.dataDigest) return end;
    const digest = crc32c(bytes, at, end);
    if (apart) {
      this.#lastDigest = digest;
      return end;
    }
    writeDigest(bytes, end, digest);
    return end + DIGEST_LENGTH;
  }
}

/**
 * What an initiator is told: bytes it expected and that were not moved, negative where the command had more to move. `residual` is
 * the device's, of what it was offered.
 */
function residualOf(residual: number, expected: number, moved: number): number {
  return residual < 0 ? residual : expected - moved;
}

const residualFlag = (residual: number): number => (residual === 0 ? 0 : residual > 0 ? RESPONSE_FLAG.UNDERFLOW : RESPONSE_FLAG.OVERFLOW);

/** Lowest byte first (13.1). */
function writeDigest(bytes: Uint8Array, at: number, digest: number): void {
  bytes[at] = digest;
  bytes[at + 1] = digest >>> 8;
  bytes[at + 2] = digest >>> 16;
  bytes[at + 3] = digest >>> 24;
}

import type { CommandResult, TaskAttribute } from '@scst/scsi';
import { RemoteError } from './remote-error.js';

/**
 * SCSI commands on the wire: a fixed header, then the variable parts. Numbers are big-endian, as in SCSI.
 *
 * | command            | bytes | | result             | bytes |
 * |--------------------|-------|-|--------------------|-------|
 * | magic `SCQ1`       | 4     | | magic `SCR1`       | 4     |
 * | CDB length         | 2     | | status             | 1     |
 * | task attribute     | 1     | | reserved           | 1     |
 * | reserved           | 1     | | sense length       | 2     |
 * | data-out length    | 4     | | residual (signed)  | 8     |
 * | data-in length     | 4     | | data-in length     | 4     |
 * | timeout in ms      | 4     | | sense, data-in     |       |
 * | task number        | 4     | |                    |       |
 * | CDB, data-out      |       | |                    |       |
 */
export const COMMAND_HEADER_LENGTH = 24;
export const RESULT_HEADER_LENGTH = 20;

const COMMAND_MAGIC = 0x53435131;
const RESULT_MAGIC = 0x53435231;
const ATTRIBUTES: readonly TaskAttribute[] = ['simple', 'ordered', 'head-of-queue', 'aca'];

/** Longest CDB (SPC-5 4.2.3). */
export const LONGEST_CDB = 260;

/** What a command's header says, with the CDB. */
export interface CommandFrame {
  readonly cdb: Uint8Array;
  readonly dataOutLength: number;
  readonly dataInLength: number;
  readonly attribute: TaskAttribute;
  /** Milliseconds; 0 for the device's own. */
  readonly timeout: number;
  /** Number by which the client can abort the task. */
  readonly task: number;
}

/** Header and CDB of a command; the data-out follows them. */
export const encodeCommand = ({ cdb, dataOutLength, dataInLength, attribute, timeout, task }: CommandFrame): Uint8Array => {
  const bytes = new Uint8Array(COMMAND_HEADER_LENGTH + cdb.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, COMMAND_MAGIC);
  view.setUint16(4, cdb.length);
  view.setUint8(6, ATTRIBUTES.indexOf(attribute));
  view.setUint32(8, dataOutLength);
  view.setUint32(12, dataInLength);
  view.setUint32(16, timeout);
  view.setUint32(20, task);
  bytes.set(cdb, COMMAND_HEADER_LENGTH);
  return bytes;
};

/**
 * A command out of a request's whole body.
 *
 * @returns The header's fields, and the data-out as a view on the body.
 * @throws RemoteError `ERR_BAD_REQUEST` when the lengths do not agree.
 */
export const decodeCommand = (body: Uint8Array): CommandFrame & { readonly dataOut: Uint8Array } => {
  const header = decodeCommandHeader(body);
  const { cdbLength, dataOutLength } = header;
  if (body.length !== COMMAND_HEADER_LENGTH + cdbLength + dataOutLength) throw malformed('its lengths do not add up');
  const dataAt = COMMAND_HEADER_LENGTH + cdbLength;
  return { ...header, cdb: body.slice(COMMAND_HEADER_LENGTH, dataAt), dataOut: body.subarray(dataAt) };
};

/** The fixed part alone, for the server to know what it is going to need. */
export const decodeCommandHeader = (bytes: Uint8Array): Omit<CommandFrame, 'cdb'> & { readonly cdbLength: number } => {
  if (bytes.length < COMMAND_HEADER_LENGTH) throw malformed('it is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attribute = ATTRIBUTES[view.getUint8(6)];
  if (view.getUint32(0) !== COMMAND_MAGIC) throw malformed('it does not begin with SCQ1');
  if (attribute === undefined) throw malformed('its task attribute is not known');
  const cdbLength = view.getUint16(4);
  if (cdbLength === 0 || cdbLength > LONGEST_CDB) throw malformed(`a CDB has 1 to ${LONGEST_CDB} bytes`);
  return {
    cdbLength,
    attribute,
    dataOutLength: view.getUint32(8),
    dataInLength: view.getUint32(12),
    timeout: view.getUint32(16),
    task: view.getUint32(20),
  };
};

const malformed = (what: string): RemoteError => new RemoteError('ERR_BAD_REQUEST', `the body is no SCSI command: ${what}`);

/** Header and sense of a result; the data-in follows them. */
export const encodeResult = ({ status, sense, residual, dataIn }: CommandResult): Uint8Array => {
  const bytes = new Uint8Array(RESULT_HEADER_LENGTH + sense.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, RESULT_MAGIC);
  view.setUint8(4, status);
  view.setUint16(6, sense.length);
  view.setBigInt64(8, BigInt(residual));
  view.setUint32(16, dataIn.length);
  bytes.set(sense, RESULT_HEADER_LENGTH);
  return bytes;
};

/** Fixed part of a result. */
export interface ResultHeader {
  readonly status: number;
  readonly senseLength: number;
  readonly residual: number;
  readonly dataInLength: number;
}

/**
 * Takes a result in piece by piece and puts the data-in where the initiator wants it, without another copy of it in between.
 */
export class ResultReader {
  readonly #dataIn: Uint8Array;
  readonly #header = new Uint8Array(RESULT_HEADER_LENGTH);
  #parsed: ResultHeader | undefined;
  #sense = new Uint8Array();
  #taken = 0;

  /** @param dataIn The initiator's buffer. */
  constructor(dataIn: Uint8Array) {
    this.#dataIn = dataIn;
  }

  /** @throws RemoteError `ERR_PROTOCOL` for what is no result, or has more data than the buffer takes. */
  push(piece: Uint8Array): void {
    let rest = piece;
    if (this.#parsed === undefined) {
      rest = this.#fill(this.#header, 0, rest);
      if (this.#taken < RESULT_HEADER_LENGTH) return;
      this.#parsed = this.#parse();
      this.#sense = new Uint8Array(this.#parsed.senseLength);
    }
    rest = this.#fill(this.#sense, RESULT_HEADER_LENGTH, rest);
    const dataAt = RESULT_HEADER_LENGTH + this.#parsed.senseLength;
    rest = this.#fill(this.#dataIn.subarray(0, this.#parsed.dataInLength), dataAt, rest);
    if (rest.length > 0) throw new RemoteError('ERR_PROTOCOL', 'the server sent more than the result it announced');
  }

  /** @throws RemoteError `ERR_CONNECTION` when the result ended too early. */
  end(): CommandResult {
    const header = this.#parsed;
    if (header === undefined || this.#taken !== RESULT_HEADER_LENGTH + header.senseLength + header.dataInLength) {
      throw new RemoteError('ERR_CONNECTION', 'the connection ended within the result of a command');
    }
    return { status: header.status, sense: this.#sense, residual: header.residual, dataIn: this.#dataIn.subarray(0, header.dataInLength) };
  }

  /** Copies what of the piece belongs into a part that begins at an offset of the whole, and gives the rest. */
  #fill(part: Uint8Array, start: number, piece: Uint8Array): Uint8Array {
    const at = this.#taken - start;
    if (at < 0 || at >= part.length) return piece;
    const count = Math.min(piece.length, part.length - at);
    part.set(piece.subarray(0, count), at);
    this.#taken += count;
    return piece.subarray(count);
  }

  #parse(): ResultHeader {
    const view = new DataView(this.#header.buffer);
    if (view.getUint32(0) !== RESULT_MAGIC) throw new RemoteError('ERR_PROTOCOL', 'the server did not answer with the result of a command');
    const dataInLength = view.getUint32(16);
    if (dataInLength > this.#dataIn.length) throw new RemoteError('ERR_PROTOCOL', 'the server sent more data than was asked for');
    return { status: view.getUint8(4), senseLength: view.getUint16(6), residual: Number(view.getBigInt64(8)), dataInLength };
  }
}

import { readU24, readU32, readU8 } from '@scst/scsi';
import { crc32c } from '../digest/crc32c.js';
import { AT, DIGEST_LENGTH, HEADER_LENGTH, padded } from '../pdu/opcode.js';

/** Bytes of the longest header: 255 words of additional segments and a digest. */
const MAX_HEADER = HEADER_LENGTH + 255 * 4 + DIGEST_LENGTH;

/** Padding and digest behind a data segment. */
const MAX_TRAILER = 3 + DIGEST_LENGTH;

/** What becomes of PDUs. Headers lie in `header` from `at`; additional segments follow the 48 bytes. */
export interface PduHandler {
  /**
   * The data segment of a PDU does not come in one piece: where it is to be put together, by {@link PduReader.collectInto}. Called
   * once for the PDU, before {@link pdu}.
   */
  collect(header: Uint8Array, at: number, dataLength: number): void;
  /**
   * A whole PDU. Its data lies in `data` from `dataAt`; `collected` tells that this is where {@link collect} wanted it. `isIntact`
   * is false where the data digest was wrong.
   */
  pdu(header: Uint8Array, at: number, data: Uint8Array, dataAt: number, dataLength: number, collected: boolean, isIntact: boolean): void;
  /** Nothing can be made of what comes from here on. */
  broken(reason: string): void;
}

/** Cuts a stream of bytes into PDUs. Headers and data are looked at where they lie; only what chunks cut apart is put together. */
export class PduReader {
  readonly #handler: PduHandler;
  headerDigest = false;
  dataDigest = false;
  /** The longest data segment that is taken. */
  maxDataLength: number;
  /** PDUs that came whole. */
  pdus = 0;

  /** The beginning of a header that a chunk ended in. */
  #carry: Uint8Array | null = null;
  #carried = 0;

  /** The PDU whose data is being collected. */
  #header: Uint8Array | null = null;
  #dataLength = 0;
  #collected = 0;
  #target: Uint8Array;
  #targetAt = 0;
  readonly #trailer = new Uint8Array(MAX_TRAILER);
  #trailerLength = 0;
  #trailerCollected = 0;

  #paused = false;
  #stopped = false;
  #backlog: Uint8Array[] = [];

  constructor(handler: PduHandler, maxDataLength: number) {
    this.#handler = handler;
    this.maxDataLength = maxDataLength;
    this.#target = this.#trailer;
  }

  /** A PDU has begun and not ended. */
  get isPartial(): boolean {
    return this.#carried > 0 || this.#header !== null;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Takes bytes. No view on them is kept once this returns. */
  receive(chunk: Uint8Array): void {
    if (this.#stopped) return;
    if (this.#paused) this.#backlog.push(chunk.slice());
    else this.#parse(chunk);
  }

  /** Looks at nothing more until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const waiting = this.#backlog;
    this.#backlog = [];
    for (const chunk of waiting) this.receive(chunk);
  }

  /** Looks at nothing more at all. */
  stop(): void {
    this.#stopped = true;
    this.#backlog = [];
    this.#header = null;
    this.#carry = null;
    this.#carried = 0;
    this.#target = this.#trailer;
  }

  /** Where {@link PduHandler.collect} wants the data. */
  collectInto(target: Uint8Array, at: number): void {
    this.#target = target;
    this.#targetAt = at;
  }

  #parse(chunk: Uint8Array): void {
    const { length } = chunk;
    let at = 0;
    while (at < length || this.#header !== null) {
      if (this.#stopped) return;
      if (this.#paused) {
        if (at < length) this.#backlog.push(chunk.slice(at));
        return;
      }
      if (this.#header !== null) {
        const next = this.#collect(this.#header, chunk, at);
        if (next === at && this.isPartial && at === length) return;
        at = next;
      } else if (this.#carried > 0) {
        at = this.#carryOn(chunk, at);
      } else {
        const headerLength = length - at < HEADER_LENGTH ? HEADER_LENGTH : this.#headerLength(chunk, at);
        if (length - at < headerLength) {
          this.#carryOver(chunk, at);
          return;
        }
        at = this.#begin(chunk, at, headerLength, chunk, at + headerLength);
      }
    }
  }

  #headerLength(bytes: Uint8Array, at: number): number {
    return HEADER_LENGTH + readU8(bytes, at + AT.TOTAL_AHS_LENGTH) * 4 + (this.headerDigest ? DIGEST_LENGTH : 0);
  }

  /** The chunk ends within a header. */
  #carryOver(chunk: Uint8Array, at: number): void {
    this.#carry ??= new Uint8Array(MAX_HEADER);
    this.#carry.set(at === 0 ? chunk : chunk.subarray(at));
    this.#carried = chunk.length - at;
  }

  /** Completes a header that the last chunk ended in. */
  #carryOn(chunk: Uint8Array, from: number): number {
    const carry = this.#carry ?? new Uint8Array(MAX_HEADER);
    let at = from;
    for (;;) {
      const wanted = this.#carried < HEADER_LENGTH ? HEADER_LENGTH : this.#headerLength(carry, 0);
      if (this.#carried >= HEADER_LENGTH && this.#carried === wanted) break;
      if (at === chunk.length) return at;
      const count = Math.min(wanted - this.#carried, chunk.length - at);
      carry.set(chunk.subarray(at, at + count), this.#carried);
      this.#carried += count;
      at += count;
    }
    const header = carry.slice(0, this.#carried);
    this.#carried = 0;
    this.#carry = null;
    return this.#begin(header, 0, header.length, chunk, at);
  }

  /** A header is whole. Its data follows in `chunk` from `dataAt`. Gives where the next PDU begins. */
  #begin(header: Uint8Array, at: number, headerLength: number, chunk: Uint8Array, dataAt: number): number {
    if (this.headerDigest) {
      const end = at + headerLength - DIGEST_LENGTH;
      if (crc32c(header, at, end) !== readDigest(header, end)) return this.#break(chunk, 'the header digest is wrong');
    }
    const dataLength = readU24(header, at + AT.DATA_SEGMENT_LENGTH);
    if (dataLength > this.maxDataLength) return this.#break(chunk, `a data segment of ${dataLength} bytes, more than the ${this.maxDataLength} declared`);
    if (dataLength === 0) {
      this.pdus++;
      this.#handler.pdu(header, at, chunk, dataAt, 0, false, true);
      return dataAt;
    }
    const paddedLength = padded(dataLength);
    const whole = paddedLength + (this.dataDigest ? DIGEST_LENGTH : 0);
    if (chunk.length - dataAt >= whole) {
      const isIntact = !this.dataDigest || crc32c(chunk, dataAt, dataAt + paddedLength) === readDigest(chunk, dataAt + paddedLength);
      this.pdus++;
      this.#handler.pdu(header, at, chunk, dataAt, dataLength, false, isIntact);
      return dataAt + whole;
    }
    // The chunk with the header is gone when its data is whole.
    const ownHeader = (this.#header = header.slice(at, at + headerLength));
    this.#dataLength = dataLength;
    this.#collected = 0;
    this.#trailerLength = whole - dataLength;
    this.#trailerCollected = 0;
    this.#handler.collect(ownHeader, 0, dataLength);
    return dataAt;
  }

  /** Takes what a chunk has of the data being collected. */
  #collect(header: Uint8Array, chunk: Uint8Array, from: number): number {
    let at = from;
    const missing = this.#dataLength - this.#collected;
    if (missing > 0) {
      const count = Math.min(missing, chunk.length - at);
      this.#target.set(at === 0 && count === chunk.length ? chunk : chunk.subarray(at, at + count), this.#targetAt + this.#collected);
      this.#collected += count;
      at += count;
      if (count < missing) return at;
    }
    while (this.#trailerCollected < this.#trailerLength && at < chunk.length) this.#trailer[this.#trailerCollected++] = readU8(chunk, at++);
    if (this.#trailerCollected < this.#trailerLength) return at;
    const target = this.#target;
    const isIntact = !this.dataDigest || this.#collectedDigest() === readDigest(this.#trailer, this.#trailerLength - DIGEST_LENGTH);
    this.#header = null;
    this.#target = this.#trailer;
    this.pdus++;
    this.#handler.pdu(header, 0, target, this.#targetAt, this.#dataLength, true, isIntact);
    return at;
  }

  #collectedDigest(): number {
    const data = crc32c(this.#target, this.#targetAt, this.#targetAt + this.#dataLength);
    return crc32c(this.#trailer, 0, this.#trailerLength - DIGEST_LENGTH, data);
  }

  #break(chunk: Uint8Array, reason: string): number {
    this.stop();
    this.#handler.broken(reason);
    return chunk.length;
  }
}

/** A digest's bytes are in the order of the remainder's bits (13.1): the lowest first. */
const readDigest = (bytes: Uint8Array, at: number): number => {
  const value = readU32(bytes, at);
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff_0000) | (value << 24)) >>> 0;
};

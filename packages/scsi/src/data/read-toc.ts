import { readU16, readU32, readU8, writeU16, writeU32 } from '../bytes.js';
import { requireLength, requireRange } from '../data-error.js';
import { concat } from './concat.js';

/** FORMAT of READ TOC/PMA/ATIP, MMC-6 6.26. */
export const TOC_FORMAT = { TOC: 0, SESSION_INFORMATION: 1 } as const;
/** TRACK NUMBER of the lead-out area. */
export const LEAD_OUT_TRACK = 0xaa;

/** A track of the table of contents. */
export interface TocTrack {
  readonly trackNumber: number;
  /** ADR: 1 = the Q sub-channel carries the position. */
  readonly adr: number;
  /** CONTROL: 4 = a data track. */
  readonly control: number;
  /** TRACK START ADDRESS as a logical block address, whichever way it was written. */
  readonly startLba: number;
}

/** READ TOC format 0 (the tracks) and format 1 (the first track of the last session). */
export interface Toc {
  /** First and last track number; in format 1, first and last complete session number. */
  readonly first: number;
  readonly last: number;
  readonly tracks: readonly TocTrack[];
}

/** How addresses are written: with MSF set in the CDB as minutes, seconds and frames. */
export interface TocOptions {
  readonly msf?: boolean | undefined;
}

const FRAMES_PER_SECOND = 75;
const SECONDS_PER_MINUTE = 60;
/** LBA 0 lies two seconds into the program area (MMC-6 4.2.3.6.5). */
const LEAD_IN_FRAMES = 150;
const HEADER_LENGTH = 4;
const DESCRIPTOR_LENGTH = 8;

/** Decodes either format. Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a track that was cut off is left out. */
export function decodeToc(bytes: Uint8Array, options: TocOptions = {}): Toc {
  requireLength(bytes, HEADER_LENGTH, 'READ TOC response data');
  const end = Math.min(bytes.length, 2 + readU16(bytes, 0));
  const tracks: TocTrack[] = [];
  for (let at = HEADER_LENGTH; at + DESCRIPTOR_LENGTH <= end; at += DESCRIPTOR_LENGTH) {
    tracks.push({
      trackNumber: readU8(bytes, at + 2),
      adr: readU8(bytes, at + 1) >>> 4,
      control: readU8(bytes, at + 1) & 0x0f,
      startLba:
        options.msf === true
          ? (readU8(bytes, at + 5) * SECONDS_PER_MINUTE + readU8(bytes, at + 6)) * FRAMES_PER_SECOND + readU8(bytes, at + 7) - LEAD_IN_FRAMES
          : readU32(bytes, at + 4),
    });
  }
  return { first: readU8(bytes, 2), last: readU8(bytes, 3), tracks };
}

/** Encodes either format. Throws {@link ScsiDataError} `RANGE` for an address that does not fit, with MSF beyond 255 minutes. */
export function encodeToc(toc: Toc, options: TocOptions = {}): Uint8Array {
  const header = new Uint8Array(HEADER_LENGTH);
  header[2] = toc.first;
  header[3] = toc.last;
  const bytes = concat([header, ...toc.tracks.map((track, index) => encodeTrack(track, options, HEADER_LENGTH + DESCRIPTOR_LENGTH * index))]);
  requireRange(bytes.length - 2, 16, 0, 'TOC DATA LENGTH');
  writeU16(bytes, 0, bytes.length - 2);
  return bytes;
}

function encodeTrack(track: TocTrack, options: TocOptions, offset: number): Uint8Array {
  const bytes = new Uint8Array(DESCRIPTOR_LENGTH);
  bytes[1] = (track.adr << 4) | (track.control & 0x0f);
  bytes[2] = track.trackNumber;
  if (options.msf === true) {
    const frames = track.startLba + LEAD_IN_FRAMES;
    const minutes = Math.floor(frames / (SECONDS_PER_MINUTE * FRAMES_PER_SECOND));
    requireRange(minutes, 8, offset + 5, 'minutes of TRACK START ADDRESS');
    bytes[5] = minutes;
    bytes[6] = Math.floor(frames / FRAMES_PER_SECOND) % SECONDS_PER_MINUTE;
    bytes[7] = frames % FRAMES_PER_SECOND;
  } else {
    requireRange(track.startLba, 32, offset + 4, 'TRACK START ADDRESS');
    writeU32(bytes, 4, track.startLba);
  }
  return bytes;
}

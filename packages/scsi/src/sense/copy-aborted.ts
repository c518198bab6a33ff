import { readU8 } from '../bytes.js';
import { concat } from '../data/concat.js';
import { STATUS } from '../logical-unit.js';
import { FIXED_LENGTH } from './decode-sense.js';
import type { Sense, SenseInput } from './sense.js';
import { SENSE_KEY } from './sense-key.js';

/** What a device that took part in a copy had answered. */
export interface CopyDeviceAnswer {
  /** {@link STATUS} */
  readonly status: number;
  /** Sense data, empty when there was none. */
  readonly sense: Uint8Array;
}

/** Why a third-party copy failed, SPC-4 6.4.5: told in the fixed format's COMMAND-SPECIFIC INFORMATION and additional sense bytes. */
export interface CopyAborted {
  /** Index of the segment descriptor at work. */
  readonly segment: number;
  /** Present when the source device failed. */
  readonly source?: CopyDeviceAnswer | undefined;
  /** Present when the destination device failed. */
  readonly destination?: CopyDeviceAnswer | undefined;
}

/** Reads the failing segment and device off fixed format sense of key COPY ABORTED; undefined for any other. */
export function decodeCopyAborted(sense: Sense): CopyAborted | undefined {
  if (sense.format !== 'fixed' || sense.senseKey !== SENSE_KEY.COPY_ABORTED) return undefined;
  const information = Number(sense.commandSpecificInformation ?? 0n);
  const sourceAt = information >>> 24;
  const destinationAt = (information >>> 16) & 0xff;
  const answer = (start: number, end: number): CopyDeviceAnswer | undefined => {
    const bytes = sense.additionalSenseBytes;
    if (start < FIXED_LENGTH || bytes === undefined || start - FIXED_LENGTH >= bytes.length) return undefined;
    const area = bytes.slice(start - FIXED_LENGTH, end > start ? end - FIXED_LENGTH : undefined);
    // SCST puts the status into the byte before the area, where no field is: an area that begins with a response code is sense data alone.
    if (isResponseCode(readU8(area, 0))) return { status: STATUS.CHECK_CONDITION, sense: area };
    return { status: readU8(area, 0), sense: area.slice(1) };
  };
  const source = answer(sourceAt, destinationAt);
  const destination = answer(destinationAt, sourceAt);
  return { segment: information & 0xffff, ...(source !== undefined && { source }), ...(destination !== undefined && { destination }) };
}

function isResponseCode(byte: number): boolean {
  return (byte & 0x7f) >= 0x70 && (byte & 0x7f) <= 0x73;
}

/** The members of {@link SenseInput} that tell why a copy failed; to be spread beside key and additional sense code. */
export function encodeCopyAborted({ segment, source, destination }: CopyAborted): Pick<SenseInput, 'commandSpecificInformation' | 'additionalSenseBytes'> {
  const areas = [source, destination].map((answer) => (answer === undefined ? new Uint8Array(0) : concat([Uint8Array.of(answer.status), answer.sense])));
  const sourceAt = source === undefined ? 0 : FIXED_LENGTH;
  const destinationAt = destination === undefined ? 0 : FIXED_LENGTH + (areas[0]?.length ?? 0);
  const additionalSenseBytes = concat(areas);
  const commandSpecificInformation = (BigInt(sourceAt) << 24n) | (BigInt(destinationAt) << 16n) | BigInt(segment & 0xffff);
  return { commandSpecificInformation, ...(additionalSenseBytes.length > 0 && { additionalSenseBytes }) };
}

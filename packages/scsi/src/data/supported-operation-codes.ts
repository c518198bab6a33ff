import { readU16, readU32, readU8, writeU16, writeU32 } from '../bytes.js';
import { requireLength } from '../data-error.js';
import { concat } from './concat.js';

/** REPORTING OPTIONS, SPC-5 6.35. */
export const REPORTING_OPTIONS = {
  ALL: 0,
  /** One operation code that has no service actions. */
  ONE_OPERATION_CODE: 1,
  /** One operation code with a service action. */
  ONE_SERVICE_ACTION: 2,
  /** One operation code, with its service action if it has them. */
  ONE_COMMAND: 3,
} as const;

/** SUPPORT of the one_command format, SPC-5 6.35.3. */
export const COMMAND_SUPPORT = { NOT_AVAILABLE: 0, NOT_SUPPORTED: 1, AS_STANDARD: 3, VENDOR_SPECIFIC: 5 } as const;

/** A command timeouts descriptor, SPC-5 6.35.4. Times in seconds, zero = not known. */
export interface CommandTimeouts {
  /** COMMAND SPECIFIC: for instance the seconds of one segment of a WRITE BUFFER. */
  readonly commandSpecific: number;
  /** NOMINAL COMMAND PROCESSING TIMEOUT */
  readonly nominal: number;
  /** RECOMMENDED COMMAND TIMEOUT */
  readonly recommended: number;
}

/** A command of the all_commands format, SPC-5 6.35.2. */
export interface SupportedCommand {
  readonly opcode: number;
  /** Present when SERVACTV is set. */
  readonly serviceAction?: number | undefined;
  /** Bytes. */
  readonly cdbLength: number;
  /** Present when CTDP is set. */
  readonly timeouts?: CommandTimeouts | undefined;
}

/** What the one_command format says, SPC-5 6.35.3. */
export interface OneCommand {
  /** {@link COMMAND_SUPPORT} */
  readonly support: number;
  /** CDB USAGE DATA: the operation code, and a one for every bit that the device looks at. Empty for a command not supported. */
  readonly cdbUsage: Uint8Array;
  readonly timeouts?: CommandTimeouts | undefined;
}

const DESCRIPTOR_LENGTH = 8;
const TIMEOUTS_LENGTH = 12;
const SERVACTV = 0x01;
const CTDP = 0x02;
const ONE_COMMAND_CTDP = 0x80;

/** Decodes the all_commands format. Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; a command that was cut off is left out. */
export function decodeSupportedCommands(bytes: Uint8Array): SupportedCommand[] {
  requireLength(bytes, 4, 'all_commands parameter data');
  const listEnd = Math.min(bytes.length, 4 + readU32(bytes, 0));
  const commands: SupportedCommand[] = [];
  for (let at = 4; at + DESCRIPTOR_LENGTH <= listEnd; ) {
    const flags = readU8(bytes, at + 5);
    const end = at + DESCRIPTOR_LENGTH + ((flags & CTDP) === 0 ? 0 : TIMEOUTS_LENGTH);
    if (end > listEnd) break;
    commands.push({
      opcode: readU8(bytes, at),
      ...((flags & SERVACTV) !== 0 && { serviceAction: readU16(bytes, at + 2) }),
      cdbLength: readU16(bytes, at + 6),
      ...((flags & CTDP) !== 0 && { timeouts: decodeTimeouts(bytes, at + DESCRIPTOR_LENGTH) }),
    });
    at = end;
  }
  return commands;
}

/** Encodes the all_commands format, in the order given. */
export function encodeSupportedCommands(commands: readonly SupportedCommand[]): Uint8Array {
  const bytes = concat([new Uint8Array(4), ...commands.map(encodeSupportedCommand)]);
  writeU32(bytes, 0, bytes.length - 4);
  return bytes;
}

function encodeSupportedCommand({ opcode, serviceAction, cdbLength, timeouts }: SupportedCommand): Uint8Array {
  const bytes = new Uint8Array(DESCRIPTOR_LENGTH);
  bytes[0] = opcode;
  writeU16(bytes, 2, serviceAction ?? 0);
  bytes[5] = (serviceAction === undefined ? 0 : SERVACTV) | (timeouts === undefined ? 0 : CTDP);
  writeU16(bytes, 6, cdbLength);
  return timeouts === undefined ? bytes : concat([bytes, encodeTimeouts(timeouts)]);
}

/** Decodes the one_command format. Throws {@link ScsiDataError} `TRUNCATED` below 4 bytes; what was cut off beyond is left out. */
export function decodeOneCommand(bytes: Uint8Array): OneCommand {
  requireLength(bytes, 4, 'one_command parameter data');
  const flags = readU8(bytes, 1);
  const usageEnd = 4 + readU16(bytes, 2);
  return {
    support: flags & 0x07,
    cdbUsage: bytes.slice(4, usageEnd),
    ...((flags & ONE_COMMAND_CTDP) !== 0 && usageEnd + TIMEOUTS_LENGTH <= bytes.length && { timeouts: decodeTimeouts(bytes, usageEnd) }),
  };
}

/** Encodes the one_command format. */
export function encodeOneCommand({ support, cdbUsage, timeouts }: OneCommand): Uint8Array {
  const header = new Uint8Array(4);
  header[1] = (timeouts === undefined ? 0 : ONE_COMMAND_CTDP) | (support & 0x07);
  writeU16(header, 2, cdbUsage.length);
  return concat(timeouts === undefined ? [header, cdbUsage] : [header, cdbUsage, encodeTimeouts(timeouts)]);
}

function decodeTimeouts(bytes: Uint8Array, at: number): CommandTimeouts {
  return { commandSpecific: readU8(bytes, at + 3), nominal: readU32(bytes, at + 4), recommended: readU32(bytes, at + 8) };
}

function encodeTimeouts({ commandSpecific, nominal, recommended }: CommandTimeouts): Uint8Array {
  const bytes = new Uint8Array(TIMEOUTS_LENGTH);
  writeU16(bytes, 0, TIMEOUTS_LENGTH - 2);
  bytes[3] = commandSpecific;
  writeU32(bytes, 4, nominal);
  writeU32(bytes, 8, recommended);
  return bytes;
}

import { readU16, readU8 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { type CommandRow, defineCommand } from './command.js';
import { checkProtect } from './protection.js';

type Generic = Pick<CommandRow, 'opcode' | 'name' | 'direction'> & Partial<CommandRow>;

const both = (row: Generic): CommandRow => defineCommand({ on: ['disk', 'cdrom'], whileReserved: 'writes', ...row });
const disk = (row: Generic): CommandRow => defineCommand({ on: ['disk'], whileReserved: 'writes', ...row });

/**
 * Operation codes that SCST's table knows for disks and CD-ROMs and no handler carries out (SPEC 4, "generic"). Their CDBs are
 * decoded and checked like any other's before they end in 5/20/00.
 */
export const genericCommands: readonly CommandRow[] = [
  both({ opcode: 0x05, name: 'READ BLOCK LIMITS', direction: 'in', fixedLength: 6, whileReserved: 'always' }),
  disk({ opcode: 0x07, name: 'REASSIGN BLOCKS', direction: 'out', writesMedium: true }),
  both({ opcode: 0x0b, name: 'SEEK (6)', direction: 'none', lba: { at: 2, bytes: 2 } }),
  both({ opcode: 0x11, name: 'SPACE (6)', direction: 'none', whileReserved: 'reads' }),
  both({ opcode: 0x1c, name: 'RECEIVE DIAGNOSTIC RESULTS', direction: 'in', length: { at: 3, bytes: 2 }, whileReserved: 'reads', alua: 'standby', worksInactive: true }),
  both({ opcode: 0x23, name: 'READ FORMAT CAPACITIES', direction: 'in', length: { at: 7, bytes: 2 } }),
  both({ opcode: 0x29, name: 'READ GENERATION', direction: 'in', length: { at: 8, bytes: 1 } }),
  both({ opcode: 0x2b, name: 'SEEK (10)', direction: 'none', lba: { at: 2, bytes: 4 } }),
  both({ opcode: 0x2c, name: 'ERASE (10)', direction: 'none', writesMedium: true }),
  disk({ opcode: 0x2d, name: 'READ UPDATED BLOCK (10)', direction: 'in', fixedLength: 1, unit: 'blocks' }),
  both({ opcode: 0x34, name: 'PRE-FETCH (10)', direction: 'none', lba: { at: 2, bytes: 4 }, whileReserved: 'reads' }),
  both({ opcode: 0x36, name: 'LOCK UNLOCK CACHE (10)', direction: 'none', whileReserved: 'reads' }),
  disk({ opcode: 0x37, name: 'READ DEFECT DATA (10)', direction: 'in', length: { at: 7, bytes: 2 }, whileReserved: 'reads' }),
  both({ opcode: 0x3b, name: 'WRITE BUFFER', direction: 'out', length: { at: 6, bytes: 3 }, alua: 'transitioning', worksInactive: true }),
  both({ opcode: 0x3c, name: 'READ BUFFER (10)', direction: 'in', length: { at: 6, bytes: 3 }, whileReserved: 'reads', alua: 'transitioning', worksInactive: true }),
  both({ opcode: 0x3e, name: 'READ LONG (10)', direction: 'in', lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 } }),
  disk({ opcode: 0x3f, name: 'WRITE LONG (10)', direction: 'out', lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 }, writesMedium: true }),
  both({ opcode: 0x40, name: 'CHANGE DEFINITION', direction: 'out', length: { at: 8, bytes: 1 } }),
  disk({ opcode: 0x50, name: 'XDWRITE (10)', direction: 'out', lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 }, writesMedium: true, decode: checkProtect }),
  disk({ opcode: 0x51, name: 'XPWRITE (10)', direction: 'out', lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 }, writesMedium: true }),
  disk({ opcode: 0x53, name: 'XDWRITEREAD (10)', direction: 'bidi', lba: { at: 2, bytes: 4 }, length: { at: 7, bytes: 2 }, unit: 'blocks', writesMedium: true }),
  both({ opcode: 0x81, name: 'REBUILD (16)', direction: 'out', length: { at: 10, bytes: 4 }, writesMedium: true }),
  both({ opcode: 0x82, name: 'REGENERATE (16)', direction: 'out', length: { at: 10, bytes: 4 }, writesMedium: true }),
  both({ opcode: 0x85, name: 'ATA PASS-THROUGH (16)', direction: 'none', lba: { at: 7, bytes: 2 }, decode: (command) => decodeAtaPassThrough(command, { features: 3, count: 5, wide: true }) }),
  both({ opcode: 0x86, name: 'ACCESS CONTROL IN', direction: 'none', whileReserved: 'always' }),
  both({ opcode: 0x87, name: 'ACCESS CONTROL OUT', direction: 'none', whileReserved: 'always' }),
  both({ opcode: 0x90, name: 'PRE-FETCH (16)', direction: 'none', lba: { at: 2, bytes: 8 }, whileReserved: 'reads' }),
  both({ opcode: 0x92, name: 'LOCK UNLOCK CACHE (16)', direction: 'none' }),
  both({ opcode: 0xa1, name: 'ATA PASS-THROUGH (12)', direction: 'none', lba: { at: 5, bytes: 3 }, decode: (command) => decodeAtaPassThrough(command, { features: 3, count: 4, wide: false }) }),
  both({ opcode: 0xa2, name: 'SECURITY PROTOCOL IN', direction: 'in', length: { at: 6, bytes: 4 }, whileReserved: 'security' }),
  both({ opcode: 0xb5, name: 'SECURITY PROTOCOL OUT', direction: 'out', length: { at: 6, bytes: 4 } }),
  disk({ opcode: 0xb7, name: 'READ DEFECT DATA (12)', direction: 'in', length: { at: 9, bytes: 1 }, whileReserved: 'reads' }),
];

/** PROTOCOL of ATA PASS-THROUGH: return response information. All other fields are then ignored. */
const RETURN_RESPONSE_INFORMATION = 0x0f;

/**
 * Where the transfer length is, SAT-4 12.2.2: in FEATURES or COUNT, each of two bytes in the 16-byte form with EXTEND. The address
 * is left to the ATA device: the range that is checked begins with the first block.
 */
function decodeAtaPassThrough(command: ActiveCommand, fields: { readonly features: number; readonly count: number; readonly wide: boolean }): boolean {
  const { cdb } = command;
  const first = readU8(cdb, 1);
  const second = readU8(cdb, 2);
  command.lba = 0;
  if (((first >>> 1) & 0x0f) === RETURN_RESPONSE_INFORMATION) return true;
  const tLength = second & 0x03;
  const at = tLength === 1 ? fields.features : tLength === 2 ? fields.count : null;
  let length = 0;
  if (at !== null) {
    if (!fields.wide) length = readU8(cdb, at);
    else length = (first & 0x01) !== 0 ? readU16(cdb, at) : readU8(cdb, at + 1);
  }
  const inBlocks = tLength !== 0 && (second & 0x04) !== 0;
  if (inBlocks) length *= (second & 0x10) !== 0 ? command.device.blockSize : 512;
  command.transferLength = command.rangeLength = length * 2 ** (first >>> 5);
  if (tLength !== 0) command.direction = (second & 0x08) !== 0 ? 'in' : 'out';
  return true;
}

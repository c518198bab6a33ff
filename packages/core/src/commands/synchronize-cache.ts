import { OPCODE, readU8 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { FORM_10, FORM_16, MEDIUM_TIMEOUT, usage10, usage16 } from './block-cdb.js';
import { type CommandRow, defineCommand } from './command.js';
import { flushThenGood, storeOf } from './medium.js';

/** IMMED, bit 1 of byte 1: status comes before the cache is written. */
const IMMED = 0x02;

const common = {
  on: ['disk', 'cdrom'],
  direction: 'none',
  whileReserved: 'writes',
  execute: synchronize,
} as const satisfies Partial<CommandRow>;

/** SYNCHRONIZE CACHE (10) and (16), SBC-4 5.26 and 5.27. The whole cache is written; only the LBA is checked. */
export const synchronizeCache: readonly CommandRow[] = [
  defineCommand({
    ...common,
    opcode: OPCODE.SYNCHRONIZE_CACHE_10,
    name: 'SYNCHRONIZE CACHE (10)',
    lba: FORM_10.lba,
    report: { order: 1, usage: usage10(OPCODE.SYNCHRONIZE_CACHE_10, 0x02), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    opcode: OPCODE.SYNCHRONIZE_CACHE_16,
    name: 'SYNCHRONIZE CACHE (16)',
    lba: FORM_16.lba,
    report: { order: 2, usage: usage16(OPCODE.SYNCHRONIZE_CACHE_16, 0x02), timeout: MEDIUM_TIMEOUT },
  }),
];

function synchronize(command: ActiveCommand): void {
  if ((readU8(command.cdb, 1) & IMMED) === 0) {
    flushThenGood(command);
    return;
  }
  const store = command.server.medium.hasVolatileCache ? storeOf(command) : null;
  command.good();
  // There is nobody left to tell of a failure; the next flush meets it again.
  store?.flush(() => undefined);
}

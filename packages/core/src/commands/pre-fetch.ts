import { OPCODE } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { FORM_10, FORM_16, MEDIUM_TIMEOUT, usage10, usage16 } from './block-cdb.js';
import { type CommandRow, defineCommand, t10Only } from './command.js';

const common = {
  only: t10Only(
    'SBC-4, PRE-FETCH commands',
    'SCST has no PRE-FETCH. There is no cache here that blocks could be kept in on purpose, so the command checks them and ends with GOOD, which says that not all of them are in it.',
  ),
  on: ['disk'],
  direction: 'none',
  unit: 'blocks',
  whileReserved: 'reads',
  decode: (command: ActiveCommand): boolean => {
    command.transferLength = 0;
    return true;
  },
  execute: (command: ActiveCommand): void => {
    command.good();
  },
} as const satisfies Partial<CommandRow>;

/** PRE-FETCH (10) and (16). A length of zero, to the end of the medium, is as good as any. */
export const preFetch: readonly CommandRow[] = [
  defineCommand({
    ...common,
    ...FORM_10,
    opcode: OPCODE.PREFETCH_10,
    name: 'PRE-FETCH (10)',
    report: { order: 61, usage: usage10(OPCODE.PREFETCH_10, 0x02), timeout: MEDIUM_TIMEOUT },
  }),
  defineCommand({
    ...common,
    ...FORM_16,
    opcode: OPCODE.PREFETCH_16,
    name: 'PRE-FETCH (16)',
    report: { order: 62, usage: usage16(OPCODE.PREFETCH_16, 0x02), timeout: MEDIUM_TIMEOUT },
  }),
];

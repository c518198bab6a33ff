import { OPCODE, readU8, SENSE_CONDITION, tryDecodeSense } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { unitAttentionSense } from '../nexus/unit-attention.js';
import { defineCommand } from './command.js';

const DESC = 0x01;

/** REQUEST SENSE, SPC-5 6.39; SPEC 3 and 11. Sense data is never kept, so there is a unit attention to tell or nothing. */
export const requestSense = defineCommand({
  opcode: OPCODE.REQUEST_SENSE,
  name: 'REQUEST SENSE',
  on: ['disk', 'cdrom'],
  direction: 'in',
  length: { at: 4, bytes: 1 },
  whileReserved: 'always',
  alua: 'transitioning',
  passesUnitAttention: true,
  whileFormatting: true,
  local: true,
  report: { order: 43, usage: [0x03, 0x01, 0, 0, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    if (command.transferLength === 0) {
      command.good();
      return;
    }
    const attention = command.nexus.unitAttentions.shift();
    if (attention !== undefined) command.reply(inFormatAskedFor(command, attention));
    else if (command.server.medium.isMissing) command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    else command.reply(command.server.medium.sense(command.server.senseFormat));
  },
});

/** A unit attention as the DESC bit asks for it; resets and mode parameter changes stay in fixed format. */
function inFormatAskedFor({ cdb }: ActiveCommand, attention: Uint8Array): Uint8Array {
  const sense = tryDecodeSense(attention);
  return sense === undefined ? attention : unitAttentionSense(sense, (readU8(cdb, 1) & DESC) !== 0);
}

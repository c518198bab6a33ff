import { OPCODE, readU8, SENSE_CONDITION, tryDecodeSense } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import { unitAttentionSense } from '../nexus/unit-attention.js';
import { defineCommand } from './command.js';

const DESC = 0x01;
/** RESPONSE CODE of current errors in descriptor format, SPC-5 4.4.1. */
const DESCRIPTOR_FORMAT = 0x72;

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
    if (attention !== undefined) replyAttention(command, attention);
    else if (command.server.medium.isMissing) command.fail(SENSE_CONDITION.MEDIUM_NOT_PRESENT);
    else command.reply(command.server.medium.sense(command.server.senseFormat));
  },
});

/**
 * A unit attention as the DESC bit asks for it; resets and mode parameter changes stay in fixed format. Where DESC asks for another format than
 * it is kept in, it counts as moved as far as the CDB has room for it, whatever the initiator's buffer holds.
 */
function replyAttention(command: ActiveCommand, attention: Uint8Array): void {
  const asksDescriptors = (readU8(command.cdb, 1) & DESC) !== 0;
  const hasDescriptors = (readU8(attention, 0) & 0x7f) >= DESCRIPTOR_FORMAT;
  const sense = tryDecodeSense(attention);
  if (sense === undefined || hasDescriptors === asksDescriptors) {
    command.reply(attention);
    return;
  }
  const other = unitAttentionSense(sense, asksDescriptors);
  command.reply(other, Math.min(other.length, command.transferLength));
}

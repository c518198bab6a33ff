import { PERIPHERAL_DEVICE_TYPE } from '../peripheral-device-type.js';
import { defineCommand } from './command.js';
import { bits, flag, requiredWord, word } from '../field.js';

const CD = [PERIPHERAL_DEVICE_TYPE.CD_DVD];

/** Commands of CD and DVD devices, MMC-6 clause 6. */
export const MMC_COMMANDS = {
  readToc: defineCommand({
    name: 'READ TOC/PMA/ATIP', opcode: 0x43, direction: 'in', deviceTypes: CD,
    fields: {
      msf: flag('MSF', 1, 1), format: bits('FORMAT', 2, 3, 4), trackSessionNumber: word('TRACK/SESSION NUMBER', 6, 1),
      allocationLength: requiredWord('ALLOCATION LENGTH', 7, 2),
    },
  }),
};

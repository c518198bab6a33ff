import { encodeLogPage, OPCODE, readU16, readU8 } from '@scst/scsi';
import { defineCommand, t10Only } from './command.js';

const SP = 0x01;
const PARAMETER_POINTER_AT = 5;

const PAGE = { SUPPORTED: 0x00, INFORMATIONAL_EXCEPTIONS: 0x2f } as const;
const ALL_SUBPAGES = 0xff;

/** Parameter 0000h of the informational exceptions page: nothing to report, and a temperature that is not known. */
const NO_EXCEPTION = [0x00, 0x00, 0x03, 0x04, 0x00, 0x00, 0xff, 0x00];

/** The pages by code and subpage code, in order. */
const PAGES: readonly { readonly code: number; readonly subpage: number; readonly data: () => readonly number[] }[] = [
  { code: PAGE.SUPPORTED, subpage: 0, data: () => PAGES.filter(({ subpage }) => subpage === 0).map(({ code }) => code) },
  { code: PAGE.SUPPORTED, subpage: ALL_SUBPAGES, data: () => PAGES.flatMap(({ code, subpage }) => [code, subpage]) },
  { code: PAGE.INFORMATIONAL_EXCEPTIONS, subpage: 0, data: () => NO_EXCEPTION },
];

/** LOG SENSE, SPC-5 6.9. */
export const logSense = defineCommand({
  only: t10Only(
    'SPC-5, LOG SENSE command, log parameters',
    'SCST has no log pages. Here are those that can be filled in truthfully: the supported pages, and informational exceptions, of which there are none.',
  ),
  opcode: OPCODE.LOG_SENSE,
  name: 'LOG SENSE',
  on: ['disk'],
  direction: 'in',
  length: { at: 7, bytes: 2 },
  whileReserved: 'always',
  alua: 'standby',
  worksInactive: true,
  needsMedium: false,
  report: { order: 8, usage: [0x4d, 0, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0x04], timeout: 10 },
  execute: (command) => {
    const { cdb } = command;
    const code = readU8(cdb, 2) & 0x3f;
    const subpage = readU8(cdb, 3);
    const page = PAGES.find((each) => each.code === code && each.subpage === subpage);
    if ((readU8(cdb, 1) & SP) !== 0) command.invalidFieldInCdb(1, 0);
    else if (page === undefined && PAGES.some((each) => each.code === code)) command.invalidFieldInCdb(3);
    else if (page === undefined) command.invalidFieldInCdb(2, 5);
    else if (readU16(cdb, PARAMETER_POINTER_AT) !== 0) command.invalidFieldInCdb(PARAMETER_POINTER_AT);
    else command.reply(encodeLogPage({ pageCode: code, subpageCode: subpage === 0 ? undefined : subpage, data: Uint8Array.from(page.data()) }));
  },
});

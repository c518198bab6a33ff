import { cdbLength, OPCODE, readU16, readU8, SERVICE_ACTION, writeU16, writeU32 } from '@scst/scsi';
import type { ActiveCommand } from '../nexus/active-command.js';
import type { Profile } from '../profile.js';
import { type CommandRow, defineCommand, type OperationCodeReport } from './command.js';

const { REPORT_SUPPORTED_OPERATION_CODES, REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS } = SERVICE_ACTION.MAINTENANCE_IN;

/** Byte 2 of the CDB: return command timeouts descriptors, and what is asked. */
const RCTD = 0x80;
const ONE_OPERATION_CODE = 1;
const ONE_SERVICE_ACTION = 2;

/** Command timeouts descriptor, SPC-5 6.34.4. */
const TIMEOUTS_DESCRIPTOR = 12;
/** Seconds */
const NOMINAL_TIMEOUT = 1;
/** SUPPORT: as the standard says. */
const SUPPORTED = 0x03;

type ReportedRow = CommandRow & { readonly report: OperationCodeReport };

/** REPORT SUPPORTED OPERATION CODES, SPC-5 6.34, read off the command table. */
export function supportedOperationCodes(rowsOf: (profile: Profile) => readonly CommandRow[]): CommandRow {
  return defineCommand({
    opcode: OPCODE.MAINTENANCE_IN,
    serviceAction: REPORT_SUPPORTED_OPERATION_CODES,
    name: 'REPORT SUPPORTED OPERATION CODES',
    on: ['disk'],
    direction: 'in',
    length: { at: 6, bytes: 4 },
    whileReserved: 'reads',
    local: true,
    fullyLocal: true,
    report: { order: 44, usage: [0xa3, 0x0c, 0x87, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
    execute: (command) => {
      const rows = reportedRows(rowsOf(command.server.core.profile), command);
      const options = readU8(command.cdb, 2);
      const opcode = readU8(command.cdb, 3);
      const withTimeouts = (options & RCTD) !== 0;
      const sameOpcode = rows.filter((row) => row.opcode === opcode);
      switch (options & 0x07) {
        case 0:
          command.reply(encodeAll(rows, withTimeouts));
          return;
        case ONE_OPERATION_CODE:
          if (sameOpcode.some((row) => row.serviceAction !== undefined)) break;
          command.reply(encodeOne(sameOpcode[0], withTimeouts));
          return;
        case ONE_SERVICE_ACTION: {
          if (sameOpcode.some((row) => row.serviceAction === undefined)) break;
          const serviceAction = readU16(command.cdb, 4);
          command.reply(
            encodeOne(
              sameOpcode.find((row) => row.serviceAction === serviceAction),
              withTimeouts,
            ),
          );
          return;
        }
      }
      command.invalidFieldInCdb(2, 0);
    },
  });
}

function reportedRows(rows: readonly CommandRow[], command: ActiveCommand): ReportedRow[] {
  return rows
    .filter((row): row is ReportedRow => row.report !== undefined && row.report.when?.(command) !== false)
    .sort((a, b) => a.report.order - b.report.order);
}

function encodeAll(rows: readonly ReportedRow[], withTimeouts: boolean): Uint8Array {
  const step = 8 + (withTimeouts ? TIMEOUTS_DESCRIPTOR : 0);
  const data = new Uint8Array(4 + rows.length * step);
  writeU32(data, 0, rows.length * step);
  let at = 4;
  for (const row of rows) {
    data[at] = row.opcode;
    if (row.serviceAction !== undefined) {
      writeU16(data, at + 2, row.serviceAction);
      data[at + 5] = 0x01; // SERVACTV
    }
    if (withTimeouts) data[at + 5] = readU8(data, at + 5) | 0x02; // CTDP
    writeU16(data, at + 6, cdbLength(row.opcode) ?? row.report.usage.length);
    if (withTimeouts) encodeTimeouts(data, at + 8, row.report);
    at += step;
  }
  return data;
}

/** An operation code that is not supported: SUPPORT zero and nothing else. */
function encodeOne(row: ReportedRow | undefined, withTimeouts: boolean): Uint8Array {
  if (row === undefined) return new Uint8Array(4);
  const { usage } = row.report;
  const data = new Uint8Array(4 + usage.length + (withTimeouts ? TIMEOUTS_DESCRIPTOR : 0));
  data[1] = SUPPORTED | (withTimeouts ? 0x80 : 0); // CTDP
  writeU16(data, 2, usage.length);
  data.set(usage, 4);
  if (withTimeouts) encodeTimeouts(data, 4 + usage.length, row.report);
  return data;
}

function encodeTimeouts(data: Uint8Array, at: number, report: OperationCodeReport): void {
  writeU16(data, at, TIMEOUTS_DESCRIPTOR - 2);
  writeU32(data, at + 4, NOMINAL_TIMEOUT);
  writeU32(data, at + 8, report.timeout);
}

/** Tenths of a second, REPD. */
const LONG_TIMEOUT = 300;
const SHORT_TIMEOUT = 150;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, SPC-5 6.35; SPEC 14. */
export const supportedTaskManagement = defineCommand({
  opcode: OPCODE.MAINTENANCE_IN,
  serviceAction: REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
  name: 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
  on: ['disk'],
  direction: 'in',
  length: { at: 6, bytes: 4 },
  whileReserved: 'reads',
  local: true,
  fullyLocal: true,
  report: { order: 45, usage: [0xa3, 0x0d, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0x04], timeout: 10 },
  execute: (command) => {
    const extended = (readU8(command.cdb, 2) & 0x80) !== 0; // REPD
    const data = new Uint8Array(extended ? 16 : 4);
    data[0] = 0xf8; // ATS, ATSS, CACAS, CTSS, LURS
    if (extended) {
      data[3] = 12;
      data[4] = 0x01; // TMFTMOV
      data[6] = 0xa0; // ATTS, CACATS
      writeU32(data, 8, LONG_TIMEOUT);
      writeU32(data, 12, SHORT_TIMEOUT);
    }
    command.reply(data);
  },
});

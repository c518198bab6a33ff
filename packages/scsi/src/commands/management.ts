import { readU16, readU32 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { decodeLogPage, type LogPage } from '../data/log-page.js';
import {
  decodeOneCommand, decodeSupportedCommands, type OneCommand, REPORTING_OPTIONS, type SupportedCommand,
} from '../data/supported-operation-codes.js';
import { decodeSupportedTaskManagementFunctions, type SupportedTaskManagementFunctions } from '../data/supported-task-management-functions.js';
import {
  decodeReportTargetPortGroups, encodeSetTargetPortGroups, type ReportTargetPortGroups, type SetTargetPortGroup,
} from '../data/target-port-groups.js';
import type { LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, executeGrowing, executeIn, executeOut } from './execute.js';

/** Largest list that is believed. */
const MOST = 0x10_0000;

export interface ReportTargetPortGroupsOptions extends CommandOptions {
  /** Ask for the extended format, which tells the implicit transition time. */
  readonly extended?: boolean | undefined;
}

/** REPORT TARGET PORT GROUPS, SPC-5 6.37: the asymmetric access state of each group of ports. */
export async function reportTargetPortGroups(lu: LogicalUnit, options: ReportTargetPortGroupsOptions = {}): Promise<ReportTargetPortGroups> {
  const parameterDataFormat = options.extended === true ? 1 : 0;
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.reportTargetPortGroups({ parameterDataFormat, allocationLength }),
      whole: (report) => 4 + readU32(report, 0),
      first: 1024,
      most: MOST,
    },
    options,
  );
  return decodeReportTargetPortGroups(bytes);
}

/** SET TARGET PORT GROUPS, SPC-5 6.45. Throws {@link ScsiError}: 4/67/0A when the device cannot. */
export async function setTargetPortGroups(lu: LogicalUnit, groups: readonly SetTargetPortGroup[], options?: CommandOptions): Promise<void> {
  const list = encodeSetTargetPortGroups(groups);
  await executeOut(lu, cdb.setTargetPortGroups({ parameterListLength: list.length }), list, options);
}

export interface SupportedOperationCodesOptions extends CommandOptions {
  /** RCTD: ask for the timeouts as well. */
  readonly timeouts?: boolean | undefined;
}

/** REPORT SUPPORTED OPERATION CODES, SPC-5 6.35: every command the device knows. */
export async function reportSupportedOperationCodes(lu: LogicalUnit, options: SupportedOperationCodesOptions = {}): Promise<SupportedCommand[]> {
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) =>
        cdb.reportSupportedOperationCodes({ returnTimeouts: options.timeouts, reportingOptions: REPORTING_OPTIONS.ALL, allocationLength }),
      whole: (list) => 4 + readU32(list, 0),
      first: 8192,
      most: MOST,
    },
    options,
  );
  return decodeSupportedCommands(bytes);
}

export interface SupportedOperationCodeOptions extends SupportedOperationCodesOptions {
  readonly opcode: number;
  /** For operation codes that have service actions. */
  readonly serviceAction?: number | undefined;
}

/** REPORT SUPPORTED OPERATION CODES for one command, SPC-5 6.35.3: whether the device knows it, and which bits of its CDB it looks at. */
export async function reportSupportedOperationCode(lu: LogicalUnit, options: SupportedOperationCodeOptions): Promise<OneCommand> {
  const { opcode, serviceAction, timeouts } = options;
  const allocationLength = 512;
  const command = cdb.reportSupportedOperationCodes({
    returnTimeouts: timeouts,
    reportingOptions: serviceAction === undefined ? REPORTING_OPTIONS.ONE_OPERATION_CODE : REPORTING_OPTIONS.ONE_SERVICE_ACTION,
    requestedOperationCode: opcode,
    requestedServiceAction: serviceAction,
    allocationLength,
  });
  return decodeOneCommand(await executeIn(lu, command, allocationLength, options));
}

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, SPC-5 6.36, with the timeouts where the device has them. */
export async function reportSupportedTaskManagementFunctions(lu: LogicalUnit, options?: CommandOptions): Promise<SupportedTaskManagementFunctions> {
  const allocationLength = 16;
  const command = cdb.reportSupportedTaskManagementFunctions({ returnExtendedData: true, allocationLength });
  return decodeSupportedTaskManagementFunctions(await executeIn(lu, command, allocationLength, options));
}

export interface LogSenseOptions extends CommandOptions {
  readonly pageCode: number;
  readonly subpageCode?: number | undefined;
  /** PC: 0 = threshold, 1 = cumulative (default), 2 and 3 = their defaults. */
  readonly pageControl?: number | undefined;
}

/** LOG SENSE, SPC-5 6.10. Throws {@link ScsiError}: 5/24/00 for a page the device does not have. */
export async function logSense(lu: LogicalUnit, options: LogSenseOptions): Promise<LogPage> {
  const { pageCode, subpageCode, pageControl = 1 } = options;
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.logSense({ pageCode, subpageCode, pageControl, allocationLength }),
      whole: (page) => 4 + readU16(page, 2),
      first: 4096,
      most: 0xffff,
    },
    options,
  );
  return decodeLogPage(bytes);
}

import { readU32 } from '../bytes.js';
import { cdb } from '../cdb/cdb.js';
import { decodeReportLuns, type ReportLuns } from '../data/report-luns.js';
import type { LogicalUnit } from '../logical-unit.js';
import { decodeSense } from '../sense/decode-sense.js';
import type { Sense } from '../sense/sense.js';
import { type CommandOptions, execute, executeGrowing, executeIn, executeOut } from './execute.js';

/** TEST UNIT READY, SPC-5 6.48: done when the device is ready. Throws {@link ScsiError} with the reason when it is not. */
export async function testUnitReady(lu: LogicalUnit, options?: CommandOptions): Promise<void> {
  await execute(lu, { cdb: cdb.testUnitReady() }, options);
}

/** REQUEST SENSE, SPC-5 6.39. */
export interface RequestSenseOptions extends CommandOptions {
  /** DESC: ask for the descriptor format. */
  readonly descriptorFormat?: boolean | undefined;
}

/** REQUEST SENSE: what the device has to say, NO SENSE when it is nothing; takes the oldest unit attention away. */
export async function requestSense(lu: LogicalUnit, options: RequestSenseOptions = {}): Promise<Sense> {
  const allocationLength = 252;
  return decodeSense(await executeIn(lu, cdb.requestSense({ desc: options.descriptorFormat, allocationLength }), allocationLength, options));
}

export interface ReportLunsOptions extends CommandOptions {
  /** {@link SELECT_REPORT}. Default: LUNs of the simple addressing methods. */
  readonly selectReport?: number | undefined;
}

/** REPORT LUNS, SPC-5 6.34: every LUN of the target that this initiator may see. */
export async function reportLuns(lu: LogicalUnit, options: ReportLunsOptions = {}): Promise<ReportLuns> {
  const bytes = await executeGrowing(
    lu,
    {
      cdb: (allocationLength) => cdb.reportLuns({ selectReport: options.selectReport, allocationLength }),
      whole: (list) => 8 + readU32(list, 0),
      first: 4096,
      // 16384 LUNs of 14 bits and then some; a length field beyond it is not to be believed.
      most: 8 + 8 * 0x1_0000,
    },
    options,
  );
  return decodeReportLuns(bytes);
}

/** START STOP UNIT, SBC-4 5.31. */
export interface StartStopUnitOptions extends CommandOptions {
  /** START: spin up, or with `loadEject` load the medium; false = the reverse. */
  readonly start: boolean;
  /** LOEJ */
  readonly loadEject?: boolean | undefined;
  /** IMMED: answer before it is done. */
  readonly immediate?: boolean | undefined;
  /** POWER CONDITION; when given, START and LOEJ count for nothing. */
  readonly powerCondition?: number | undefined;
  readonly noFlush?: boolean | undefined;
}

export async function startStopUnit(lu: LogicalUnit, options: StartStopUnitOptions): Promise<void> {
  const { start, loadEject, immediate, powerCondition, noFlush } = options;
  await execute(lu, { cdb: cdb.startStopUnit({ start, loadEject, immed: immediate, powerCondition, noFlush }) }, options);
}

/** PREVENT ALLOW MEDIUM REMOVAL, SPC-5 6.16: lock the medium in, or let it go. */
export async function preventAllowMediumRemoval(lu: LogicalUnit, prevent: boolean, options?: CommandOptions): Promise<void> {
  await execute(lu, { cdb: cdb.preventAllowMediumRemoval({ prevent: prevent ? 1 : 0 }) }, options);
}

/** SEND DIAGNOSTIC with SELFTEST, SPC-5 6.42: the default self-test. Throws {@link ScsiError} when it fails. */
export async function selfTest(lu: LogicalUnit, options?: CommandOptions): Promise<void> {
  await execute(lu, { cdb: cdb.sendDiagnostic({ selfTest: true }) }, options);
}

/** RESERVE(6), SPC-2 7.21: keep other initiators off the logical unit. Throws {@link ScsiError} `RESERVATION_CONFLICT` when another holds it. */
export async function reserveUnit(lu: LogicalUnit, options?: CommandOptions): Promise<void> {
  await execute(lu, { cdb: cdb.reserve6() }, options);
}

/** RELEASE(6), SPC-2 7.16: give up a reservation of RESERVE; nothing happens where this initiator holds none. */
export async function releaseUnit(lu: LogicalUnit, options?: CommandOptions): Promise<void> {
  await execute(lu, { cdb: cdb.release6() }, options);
}

export interface FormatUnitOptions extends CommandOptions {
  /** FMTPINFO */
  readonly formatProtectionInformation?: number | undefined;
  /** The parameter list, which sets FMTDATA; absent = none. */
  readonly parameterList?: Uint8Array | undefined;
}

/** FORMAT UNIT, SBC-4 5.4. */
export async function formatUnit(lu: LogicalUnit, options: FormatUnitOptions = {}): Promise<void> {
  const { formatProtectionInformation, parameterList = new Uint8Array(0) } = options;
  await executeOut(lu, cdb.formatUnit({ formatProtectionInformation, formatData: parameterList.length > 0 }), parameterList, options);
}

import { cdb } from '../cdb/cdb.js';
import { concat } from '../data/concat.js';
import { encodeUnmap } from '../data/unmap.js';
import { ScsiDataError } from '../data-error.js';
import type { LogicalUnit } from '../logical-unit.js';
import { SENSE_KEY } from '../sense/sense-key.js';
import { type CommandOptions, executeOut } from './execute.js';
import { wholeBlocks } from './read-write.js';
import { ScsiError } from './scsi-error.js';

const NO_DATA = new Uint8Array(0);

/** A range of logical blocks that a command works on. */
export interface RangeOptions extends CommandOptions {
  readonly lba: bigint | number;
  /** How many logical blocks. */
  readonly blocks: number;
}

/** Whether a range fits the ten-byte forms. */
function fits10({ lba, blocks }: RangeOptions): boolean {
  return BigInt(lba) <= 0xffff_ffffn && blocks <= 0xffff;
}

export interface VerifyOptions extends RangeOptions {
  /** Compare the medium with these bytes (BYTCHK 01b); absent = the device checks that it can read. */
  readonly data?: Uint8Array | undefined;
  readonly dpo?: boolean | undefined;
}

/** VERIFY(10) or (16), SBC-4 5.36. Throws {@link ScsiError}: E/1D/00 on a miscompare. */
export async function verify(lu: LogicalUnit, options: VerifyOptions): Promise<void> {
  const { lba, blocks, data = NO_DATA, dpo } = options;
  const flags = { dpo, bytchk: options.data === undefined ? 0 : 1, verificationLength: blocks };
  await executeOut(lu, fits10(options) ? cdb.verify10({ ...flags, lba: Number(lba) }) : cdb.verify16({ ...flags, lba }), data, options);
}

export interface WriteAndVerifyOptions extends CommandOptions {
  readonly lba: bigint | number;
  /** Bytes of a logical block. */
  readonly blockLength: number;
  /** Whole logical blocks. */
  readonly data: Uint8Array;
  /** BYTCHK */
  readonly bytchk?: number | undefined;
}

/** WRITE AND VERIFY(10) or (16), SBC-4 5.43, in one command. */
export async function writeAndVerify(lu: LogicalUnit, options: WriteAndVerifyOptions): Promise<void> {
  const { lba, data, bytchk, blockLength } = options;
  const transferLength = wholeBlocks(data, blockLength);
  const command = fits10({ lba, blocks: transferLength })
    ? cdb.writeAndVerify10({ lba: Number(lba), transferLength, bytchk })
    : cdb.writeAndVerify16({ lba, transferLength, bytchk });
  await executeOut(lu, command, data, options);
}

export interface SynchronizeCacheOptions extends CommandOptions {
  /** Default: 0 and 0, the whole medium. */
  readonly lba?: bigint | number | undefined;
  readonly blocks?: number | undefined;
  /** IMMED: answer before it is done. */
  readonly immediate?: boolean | undefined;
}

/** SYNCHRONIZE CACHE(10) or (16), SBC-4 5.33: done when the blocks are on the medium. */
export async function synchronizeCache(lu: LogicalUnit, options: SynchronizeCacheOptions = {}): Promise<void> {
  const { lba = 0, blocks = 0, immediate } = options;
  const command = fits10({ lba, blocks })
    ? cdb.synchronizeCache10({ immed: immediate, lba: Number(lba), numberOfLogicalBlocks: blocks })
    : cdb.synchronizeCache16({ immed: immediate, lba, numberOfLogicalBlocks: blocks });
  await executeOut(lu, command, NO_DATA, options);
}

export interface WriteSameOptions extends RangeOptions {
  /** One logical block; absent = zeros without a data phase (NDOB), which only the 16-byte form has. */
  readonly data?: Uint8Array | undefined;
  /** Unmap the blocks where they then read back the same. */
  readonly unmap?: boolean | undefined;
  readonly anchor?: boolean | undefined;
}

/** WRITE SAME(10) or (16), SBC-4 5.49: the same block over and over. */
export async function writeSame(lu: LogicalUnit, options: WriteSameOptions): Promise<void> {
  const { lba, blocks, data, unmap: unmapBlocks, anchor } = options;
  const flags = { unmap: unmapBlocks, anchor, numberOfLogicalBlocks: blocks };
  const command =
    data !== undefined && fits10(options) ? cdb.writeSame10({ ...flags, lba: Number(lba) }) : cdb.writeSame16({ ...flags, lba, ndob: data === undefined });
  await executeOut(lu, command, data ?? NO_DATA, options);
}

export interface UnmapOptions extends CommandOptions {
  readonly ranges: readonly { readonly lba: bigint | number; readonly numberOfLogicalBlocks: number }[];
  readonly anchor?: boolean | undefined;
}

/** UNMAP, SBC-4 5.35, in one command; {@link BlockLimitsPage} tells how much one may ask for. */
export async function unmap(lu: LogicalUnit, options: UnmapOptions): Promise<void> {
  const list = encodeUnmap(options.ranges);
  await executeOut(lu, cdb.unmap({ anchor: options.anchor, parameterListLength: list.length }), list, options);
}

export interface CompareAndWriteOptions extends CommandOptions {
  readonly lba: bigint | number;
  /** Bytes of a logical block. */
  readonly blockLength: number;
  /** What must be there: whole logical blocks, 255 at most. */
  readonly compare: Uint8Array;
  /** What is then written: as long as `compare`. */
  readonly write: Uint8Array;
  readonly fua?: boolean | undefined;
}

/** Written, or not because the medium held something else. */
export type CompareAndWriteResult =
  | { readonly written: true }
  /** Byte offset of the first difference, where the device told. */
  | { readonly written: false; readonly miscompareOffset?: number | undefined };

/**
 * COMPARE AND WRITE, SBC-4 5.3: in one step that nothing else can come between. A miscompare is an answer, not an error. Throws
 * {@link ScsiError}; {@link ScsiDataError} `RANGE` when the two are not the same whole number of blocks.
 */
export async function compareAndWrite(lu: LogicalUnit, options: CompareAndWriteOptions): Promise<CompareAndWriteResult> {
  const { lba, blockLength, compare, write, fua } = options;
  if (compare.length !== write.length) {
    throw new ScsiDataError('RANGE', compare.length, `${compare.length} bytes to compare and ${write.length} to write`);
  }
  const numberOfLogicalBlocks = wholeBlocks(compare, blockLength);
  const data = concat([compare, write]);
  try {
    await executeOut(lu, cdb.compareAndWrite({ lba, numberOfLogicalBlocks, fua }), data, options);
    return { written: true };
  } catch (error) {
    if (!(error instanceof ScsiError) || error.decodedSense?.senseKey !== SENSE_KEY.MISCOMPARE) throw error;
    const offset = error.decodedSense.information;
    return { written: false, ...(offset !== undefined && { miscompareOffset: Number(offset) }) };
  }
}

export interface PreFetchOptions extends RangeOptions {
  /** IMMED: answer before it is done. */
  readonly immediate?: boolean | undefined;
}

/** PRE-FETCH(10) or (16), SBC-4 5.10: bring blocks into the cache. */
export async function preFetch(lu: LogicalUnit, options: PreFetchOptions): Promise<void> {
  const { lba, blocks, immediate } = options;
  const command = fits10(options)
    ? cdb.preFetch10({ immed: immediate, lba: Number(lba), prefetchLength: blocks })
    : cdb.preFetch16({ immed: immediate, lba, prefetchLength: blocks });
  await executeOut(lu, command, NO_DATA, options);
}

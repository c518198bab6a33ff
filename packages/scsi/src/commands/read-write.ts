import { cdb } from '../cdb/cdb.js';
import { ScsiDataError } from '../data-error.js';
import { TransportError, type LogicalUnit } from '../logical-unit.js';
import { type CommandOptions, execute } from './execute.js';

/** Bytes that one READ or WRITE moves unless told otherwise: below what every host adapter and target here takes. */
const DEFAULT_TRANSFER_BYTES = 1024 * 1024;

/** What READ and WRITE have in common. */
export interface TransferOptions extends CommandOptions {
  /** First logical block. */
  readonly lba: bigint | number;
  /** Bytes of a logical block ({@link Capacity}). */
  readonly blockLength: number;
  /** Most blocks in one command ({@link BlockLimitsPage}); longer transfers are split. Default: as many as fit 1 MiB. */
  readonly maximumTransferBlocks?: number | undefined;
  /** Force a form of the CDB. Default: 10, or 16 where the address or the length does not fit. */
  readonly cdbLength?: 10 | 12 | 16 | undefined;
  /** Force unit access: from or to the medium, not the cache. */
  readonly fua?: boolean | undefined;
  /** Disable page out: do not keep it in the cache. */
  readonly dpo?: boolean | undefined;
  /** Called after each command with the blocks done so far. */
  readonly onProgress?: ((blocks: number) => void) | undefined;
}

export interface ReadOptions extends TransferOptions {
  /** How many logical blocks. */
  readonly blocks: number;
  /** Where to read to: `blocks` × `blockLength` bytes or more. Default: a new array. */
  readonly into?: Uint8Array | undefined;
}

export interface WriteOptions extends TransferOptions {
  /** Whole logical blocks. It must not change until the write is done. */
  readonly data: Uint8Array;
}

interface Range {
  readonly lba: bigint | number;
  readonly transferLength: number;
  readonly fua?: boolean | undefined;
  readonly dpo?: boolean | undefined;
}

/** The forms of one command. */
interface Forms {
  readonly 10: (values: Range & { readonly lba: number }) => Uint8Array;
  readonly 12: (values: Range & { readonly lba: number }) => Uint8Array;
  readonly 16: (values: Range) => Uint8Array;
}

const READ: Forms = { 10: cdb.read10, 12: cdb.read12, 16: cdb.read16 };
const WRITE: Forms = { 10: cdb.write10, 12: cdb.write12, 16: cdb.write16 };

/**
 * READ(10), (12) or (16), SBC-4 5.15 to 5.18, as many as the length needs, one after the other. Gives the bytes, a view on `into` where given.
 * Throws {@link ScsiError}, {@link TransportError}; {@link ScsiDataError} `RANGE` for what fits no CDB or buffer, `TRUNCATED` when the
 * device moved less than was asked with status good.
 */
export async function read(lu: LogicalUnit, options: ReadOptions): Promise<Uint8Array> {
  const { blocks, blockLength } = options;
  const bytes = blocks * blockLength;
  const into = options.into ?? new Uint8Array(bytes);
  if (into.length < bytes) throw new ScsiDataError('RANGE', into.length, `${blocks} blocks of ${blockLength} bytes do not fit a buffer of ${into.length}`);
  const target = into.subarray(0, bytes);
  await transfer(lu, READ, options, blocks, (from, to) => ({ dataIn: target.subarray(from, to) }));
  return target;
}

/**
 * WRITE(10), (12) or (16), SBC-4 5.39 to 5.42, as many as the length needs, one after the other. Throws as {@link read}; what was written
 * before an error stays written.
 */
export async function write(lu: LogicalUnit, options: WriteOptions): Promise<void> {
  const { data, blockLength } = options;
  const blocks = wholeBlocks(data, blockLength);
  await transfer(lu, WRITE, options, blocks, (from, to) => ({ dataOut: data.subarray(from, to) }));
}

/** How many blocks `data` is. Throws {@link ScsiDataError} `RANGE` when it is not a whole number of them. */
export function wholeBlocks(data: Uint8Array, blockLength: number): number {
  const blocks = data.length / blockLength;
  if (!Number.isInteger(blocks)) throw new ScsiDataError('RANGE', data.length, `${data.length} bytes are not whole blocks of ${blockLength}`);
  return blocks;
}

async function transfer(
  lu: LogicalUnit,
  forms: Forms,
  options: TransferOptions,
  blocks: number,
  buffer: (from: number, to: number) => { readonly dataIn: Uint8Array } | { readonly dataOut: Uint8Array },
): Promise<void> {
  const { blockLength, fua, dpo, onProgress, signal } = options;
  const most = options.maximumTransferBlocks ?? Math.max(1, Math.floor(DEFAULT_TRANSFER_BYTES / blockLength));
  if (!Number.isInteger(most) || most < 1) throw new ScsiDataError('RANGE', 0, `maximum transfer of ${most} blocks`);
  const first = BigInt(options.lba);
  for (let done = 0; done < blocks; ) {
    if (signal?.aborted === true) throw new TransportError('ABORTED', `aborted after ${done} of ${blocks} blocks`, { cause: signal.reason });
    const transferLength = Math.min(most, blocks - done);
    const lba = first + BigInt(done);
    const command = buildRange(forms, { lba, transferLength, fua, dpo }, options.cdbLength);
    const request = { cdb: command, ...buffer(done * blockLength, (done + transferLength) * blockLength) };
    const { residual } = await execute(lu, request, options);
    if (residual !== 0) {
      const moved = transferLength * blockLength - residual;
      throw new ScsiDataError('TRUNCATED', done * blockLength + moved, `${moved} of ${transferLength * blockLength} bytes were moved at LBA ${lba}`);
    }
    done += transferLength;
    onProgress?.(done);
  }
}

/** The smallest form of 10 and 16 bytes that holds the range, or the one asked for. */
function buildRange(forms: Forms, range: Range & { readonly lba: bigint }, cdbLength?: 10 | 12 | 16): Uint8Array {
  const form = cdbLength ?? (range.lba > 0xffff_ffffn || range.transferLength > 0xffff ? 16 : 10);
  return form === 16 ? forms[16](range) : forms[form]({ ...range, lba: Number(range.lba) });
}

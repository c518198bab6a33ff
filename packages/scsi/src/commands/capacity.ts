import { cdb } from '../cdb/cdb.js';
import { decodeLbaStatus, type LbaStatus } from '../data/lba-status.js';
import { decodeReadCapacity10, decodeReadCapacity16, encodeReadCapacity16, type ReadCapacity10, type ReadCapacity16 } from '../data/read-capacity.js';
import type { LogicalUnit } from '../logical-unit.js';
import { SENSE_KEY } from '../sense/sense-key.js';
import { type CommandOptions, executeIn } from './execute.js';
import { ScsiError } from './scsi-error.js';

/** What {@link readCapacity} gives. */
export interface Capacity extends ReadCapacity16 {
  /** Blocks of the medium; zero for a medium of none, which the standard writes as a last LBA of −1. */
  readonly blockCount: bigint;
}

const MODULUS = 2n ** 64n;

/**
 * READ CAPACITY(16), SBC-4 5.21, or READ CAPACITY(10) where the device knows no other; its missing flags are zero then.
 * Throws {@link ScsiError} (a drive without medium: 2/3A/00), {@link ScsiDataError}, {@link TransportError}.
 */
export async function readCapacity(lu: LogicalUnit, options?: CommandOptions): Promise<Capacity> {
  const capacity = await readCapacity16(lu, options).catch(async (error: unknown) => {
    if (!(error instanceof ScsiError) || error.decodedSense?.senseKey !== SENSE_KEY.ILLEGAL_REQUEST) throw error;
    const { lastLba, blockLength } = await readCapacity10(lu, options);
    return decodeReadCapacity16(encodeReadCapacity16({ lastLba, blockLength }));
  });
  return { ...capacity, blockCount: (capacity.lastLba + 1n) % MODULUS };
}

/** READ CAPACITY(16), SBC-4 5.21. */
export async function readCapacity16(lu: LogicalUnit, options?: CommandOptions): Promise<ReadCapacity16> {
  return decodeReadCapacity16(await executeIn(lu, cdb.readCapacity16({ allocationLength: 32 }), 32, options));
}

/** READ CAPACITY(10), SBC-4 5.20. */
export async function readCapacity10(lu: LogicalUnit, options?: CommandOptions): Promise<ReadCapacity10> {
  return decodeReadCapacity10(await executeIn(lu, cdb.readCapacity10(), 8, options));
}

export interface GetLbaStatusOptions extends CommandOptions {
  /** STARTING LOGICAL BLOCK ADDRESS */
  readonly lba: bigint | number;
  /** How many descriptors there is room for. Default: 256. */
  readonly descriptors?: number | undefined;
}

/** GET LBA STATUS(16), SBC-4 5.9: which blocks from `lba` on are mapped. One call tells of the first stretch; ask again from its end. */
export async function getLbaStatus(lu: LogicalUnit, options: GetLbaStatusOptions): Promise<LbaStatus> {
  const allocationLength = 8 + 16 * (options.descriptors ?? 256);
  return decodeLbaStatus(await executeIn(lu, cdb.getLbaStatus({ lba: options.lba, allocationLength }), allocationLength, options));
}

import { blockLimits, type CommandOptions, type LogicalUnit, readCapacity, ScsiError } from '@scst/scsi';

/** What a transfer has to know of a medium. */
export interface Geometry {
  /** Bytes. */
  readonly blockLength: number;
  readonly blockCount: bigint;
  /** Blocks to ask for in one command. */
  readonly chunkBlocks: number;
}

/** Bytes of one command: enough to be fast, little enough to be interrupted soon. */
const CHUNK = 1024 * 1024;

export const readGeometry = async (lu: LogicalUnit, options: CommandOptions): Promise<Geometry> => {
  const { blockLength, blockCount } = await readCapacity(lu, options);
  const most = Math.max(1, Math.floor(CHUNK / blockLength));
  const limit = await maximumTransfer(lu, options);
  return { blockLength, blockCount, chunkBlocks: limit === 0 ? most : Math.min(most, limit) };
};

/** MAXIMUM TRANSFER LENGTH in blocks; 0: the device tells none. */
const maximumTransfer = async (lu: LogicalUnit, options: CommandOptions): Promise<number> => {
  try {
    return (await blockLimits(lu, options)).maximumTransferLength;
  } catch (error) {
    // CD-ROMs and old devices have no such page.
    if (error instanceof ScsiError) return 0;
    throw error;
  }
};

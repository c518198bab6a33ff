import { type CommandOptions, type LogicalUnit, read, synchronizeCache, verify, write } from '@scst/scsi';
import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { annotate, option } from '../../definition.js';
import { CliError, usageError } from '../../errors.js';
import { Progress } from '../../output/progress.js';
import { formatSize } from '../../output/size.js';
import { chunksOf } from '../../scsi/chunks.js';
import { type Geometry, readGeometry } from '../../scsi/geometry.js';
import { fileSink, memorySink, outputSink, type Sink } from '../../scsi/sink.js';
import { openSource } from '../../scsi/source.js';
import { lbaFlag, numberOption } from './numbers.js';
import { lunArgument, refuseOthersUse, withLun } from './with-lun.js';

/** Moving data to and from a medium. */
export const addTransferCommands = (family: Command, context: Context): void => {
  addRead(family, context);
  addWrite(family, context);
  addVerify(family, context);
  addSync(family, context);
};

const blocksOption = numberOption('number of blocks', Number.MAX_SAFE_INTEGER);

interface ReadFlags {
  lba: bigint;
  blocks: number;
  all?: boolean;
  output?: string;
  fua?: boolean;
}

const addRead = (family: Command, context: Context): void => {
  const command = family
    .command('read')
    .description('READ: blocks of the medium')
    .addArgument(lunArgument())
    .addOption(lbaFlag())
    .option('--blocks <count>', 'how many blocks', blocksOption, 1)
    .option('--all', 'everything from there to the end')
    .addOption(option('-o, --output <path>', 'file to write to (default: standard output, in hexadecimal on a terminal)', 'file'))
    .option('--fua', 'from the medium, not from the cache (force unit access)')
    .action(async (address: string, { lba, blocks, all = false, output, fua = false }: ReadFlags) => {
      const memory = memorySink();
      const sink = output !== undefined ? fileSink(output) : context.json ? memory : outputSink(context);
      try {
        const done = await withLun(context, address, async (lu, options) => {
          const geometry = await readGeometry(lu, options);
          const count = all ? (lba < geometry.blockCount ? geometry.blockCount - lba : 0n) : BigInt(blocks);
          return { ...(await readTo(lu, sink, { lba, count, fua, geometry }, context, options)), blockLength: geometry.blockLength };
        });
        const data = output === undefined ? memory.bytes() : undefined;
        if (context.json) context.out.json({ lba, blocks: done.blocks, bytes: done.blocks * BigInt(done.blockLength), output, data });
        else if (output !== undefined) context.err.line(`${done.blocks} blocks, ${formatSize(done.blocks * BigInt(done.blockLength))}`);
      } finally {
        await sink.close();
      }
    });
  annotate(command, {
    examples: [
      { command: 'scst-local scsi read scst_local_tgt/scst_local_host/0 --lba 0 --blocks 1', does: 'the first block, in hexadecimal on a terminal' },
      { command: 'scst-local scsi read scst_local_tgt/scst_local_host/0 --all -o copy.img', does: 'the whole medium into a file' },
    ],
  });
};

interface ReadRange {
  readonly lba: bigint;
  readonly count: bigint;
  readonly fua: boolean;
  readonly geometry: Geometry;
}

const readTo = async (lu: LogicalUnit, sink: Sink, { lba, count, fua, geometry }: ReadRange, context: Context, options: CommandOptions): Promise<{ blocks: bigint }> => {
  const { blockLength, chunkBlocks } = geometry;
  const buffer = new Uint8Array(Number(min(count, BigInt(chunkBlocks))) * blockLength);
  const progress = new Progress(context.err, count * BigInt(blockLength));
  let done = 0n;
  try {
    while (done < count) {
      const blocks = Number(min(count - done, BigInt(chunkBlocks)));
      const bytes = await read(lu, { ...options, lba: lba + done, blocks, blockLength, fua, into: buffer, maximumTransferBlocks: chunkBlocks });
      done += BigInt(blocks);
      if (!(await sink.write(bytes))) break;
      progress.update(done * BigInt(blockLength));
    }
  } finally {
    progress.end();
  }
  return { blocks: done };
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

interface WriteFlags {
  lba: bigint;
  blocks?: number;
  input?: string;
  pad?: boolean;
  fua?: boolean;
  force?: boolean;
}

const addWrite = (family: Command, context: Context): void => {
  const command = family
    .command('write')
    .description('WRITE: blocks to the medium')
    .addArgument(lunArgument())
    .addOption(lbaFlag())
    .option('--blocks <count>', 'at most so many blocks (default: all of the input)', blocksOption)
    .addOption(option('-i, --input <path>', 'file to read from (default: standard input)', 'file'))
    .option('--pad', 'fill the last block up with zeros')
    .option('--fua', 'to the medium, not to the cache alone (force unit access)')
    .option('--force', 'even while somebody else uses the LUN')
    .action(async (address: string, flags: WriteFlags) => {
      const { lba, pad = false, fua = false, force = false } = flags;
      if (!force) await refuseOthersUse(context, address);
      const done = await overInput(context, address, flags, async (lu, chunk, at, { geometry, options }) => {
        const { data, blocks } = wholeBlocks(chunk, geometry.blockLength, pad);
        await write(lu, { ...options, lba: at, blockLength: geometry.blockLength, data, fua, maximumTransferBlocks: geometry.chunkBlocks });
        return blocks;
      });
      context.result({ lba, blocks: done.blocks, bytes: done.bytes }, '');
      if (!context.json) context.err.line(`${done.blocks} blocks, ${formatSize(done.bytes)}`);
    });
  annotate(command, {
    text: ['What was acknowledged may be in the cache; scsi sync, or --fua, brings it to the medium.'],
    examples: [
      { command: 'scst-local scsi write scst_local_tgt/scst_local_host/0 --input disk.img', does: 'a file, from LBA 0 on' },
      { command: 'printf hello | scst-local scsi write scst_local_tgt/scst_local_host/0 --lba 8 --pad', does: 'one block from standard input' },
    ],
  });
};

const addVerify = (family: Command, context: Context): void => {
  const command = family
    .command('verify')
    .description('VERIFY: that blocks can be read, or hold what a file holds')
    .addArgument(lunArgument())
    .addOption(lbaFlag())
    .option('--blocks <count>', 'how many blocks (default: 1, or all of the input)', blocksOption)
    .addOption(option('-i, --input <path>', 'compare with this file, - for standard input', 'file'))
    .option('--pad', 'fill the last block of the input up with zeros')
    .action(async (address: string, flags: WriteFlags) => {
      const { lba, blocks = 1, input, pad = false } = flags;
      const done =
        input === undefined
          ? await withLun(context, address, (lu, options) => verifyReadable(lu, lba, BigInt(blocks), options))
          : await overInput(context, address, flags, async (lu, chunk, at, { geometry, options }) => {
              const whole = wholeBlocks(chunk, geometry.blockLength, pad);
              await verify(lu, { ...options, lba: at, blocks: whole.blocks, data: whole.data });
              return whole.blocks;
            });
      context.result({ lba, blocks: done.blocks, compared: input !== undefined }, `${done.blocks} blocks ${input === undefined ? 'can be read' : 'are the same'}\n`);
    });
  annotate(command, {
    examples: [
      { command: 'scst-local scsi verify scst_local_tgt/scst_local_host/0 --blocks 2048', does: 'the device checks that it can read them' },
      { command: 'scst-local scsi verify scst_local_tgt/scst_local_host/0 --input disk.img', does: 'exit status 4 and MISCOMPARE at the first difference' },
    ],
  });
};

const verifyReadable = async (lu: LogicalUnit, lba: bigint, count: bigint, options: CommandOptions): Promise<{ blocks: bigint }> => {
  const { chunkBlocks } = await readGeometry(lu, options);
  for (let done = 0n; done < count; done += BigInt(chunkBlocks)) {
    await verify(lu, { ...options, lba: lba + done, blocks: Number(min(count - done, BigInt(chunkBlocks))) });
  }
  return { blocks: count };
};

const addSync = (family: Command, context: Context): void => {
  const command = family
    .command('sync')
    .description('SYNCHRONIZE CACHE: bring everything written to the medium')
    .addArgument(lunArgument())
    .addOption(lbaFlag())
    .option('--blocks <count>', 'how many blocks; 0: to the end', numberOption('number of blocks', 0xffff_ffff), 0)
    .action(async (address: string, { lba, blocks }: { lba: bigint; blocks: number }) => {
      await withLun(context, address, (lu, options) => synchronizeCache(lu, { ...options, lba, blocks }));
      context.result({ lba, blocks }, '');
    });
  annotate(command, { examples: [{ command: 'scst-local scsi sync scst_local_tgt/scst_local_host/0', does: 'done when it is stable' }] });
};

interface Place {
  readonly geometry: Geometry;
  readonly options: CommandOptions;
}

/** Does something with each piece of an input and the place on the medium it belongs to. The work tells how many blocks it took. */
const overInput = async (
  context: Context,
  address: string,
  { lba, blocks, input, pad = false }: WriteFlags,
  work: (lu: LogicalUnit, chunk: Uint8Array, lba: bigint, place: Place) => Promise<number>,
): Promise<{ blocks: bigint; bytes: bigint }> => {
  const source = await openSource(context, input);
  try {
    return await withLun(context, address, async (lu, options) => {
      const geometry = await readGeometry(lu, options);
      const { blockLength, chunkBlocks } = geometry;
      const most = blocks === undefined ? Number.POSITIVE_INFINITY : blocks * blockLength;
      const size = source.size === undefined ? undefined : Math.min(source.size, most);
      if (size !== undefined && size % blockLength !== 0 && !pad) throw notWhole(size, blockLength);
      const progress = new Progress(context.err, size === undefined ? undefined : BigInt(size));
      let done = 0n;
      try {
        for await (const chunk of chunksOf(source.pieces, chunkBlocks * blockLength, most)) {
          context.signal.throwIfAborted();
          done += BigInt(await work(lu, chunk, lba + done, { geometry, options }));
          progress.update(done * BigInt(blockLength));
        }
      } finally {
        progress.end();
      }
      if (done === 0n) throw usageError('the input is empty');
      return { blocks: done, bytes: done * BigInt(blockLength) };
    });
  } finally {
    await source.close();
  }
};

/** A piece as whole blocks. Throws CliError unless it is one or may be padded. */
const wholeBlocks = (chunk: Uint8Array, blockLength: number, pad: boolean): { data: Uint8Array; blocks: number } => {
  const blocks = Math.ceil(chunk.length / blockLength);
  if (blocks * blockLength === chunk.length) return { data: chunk, blocks };
  if (!pad) throw notWhole(chunk.length, blockLength);
  const data = new Uint8Array(blocks * blockLength);
  data.set(chunk);
  return { data, blocks };
};

const notWhole = (bytes: number, blockLength: number): CliError =>
  new CliError('REFUSED', `the input ends with ${bytes % blockLength} bytes of a block of ${blockLength}`, { hint: 'Give --pad to fill the last block up with zeros.' });

import { openInput, readAtMost } from '@scst/file-io';
import { commandName, decodeSense, explainCdb, explainSense, describeSense, STATUS, statusName, tryDecodeSense, type LogicalUnit, type CommandResult } from '@scst/scsi';
import { type Command } from 'commander';
import { type Context } from '../../context.js';
import { annotate, option } from '../../definition.js';
import { CliError, usageError } from '../../errors.js';
import { factsJson } from '../../output/facts.js';
import { hexDump, parseHex } from '../../output/hex-dump.js';
import { formatTable } from '../../output/table.js';
import { fileSink } from '../../scsi/sink.js';
import { numberOption } from './numbers.js';
import { lunArgument, withLun } from './with-lun.js';

/** Bytes; more than any transport here takes in one command. */
const LONGEST = 16 * 1024 * 1024;

/** Commands as bytes. */
export const addRawCommands = (family: Command, context: Context): void => {
  addRaw(family, context);
  addExplain(family, context);
};

interface RawFlags {
  in?: number;
  out?: string;
  data?: string;
  output?: string;
}

const addRaw = (family: Command, context: Context): void => {
  const command = family
    .command('raw')
    .description('send a CDB as it stands')
    .addArgument(lunArgument())
    .argument('<cdb...>', 'hexadecimal digits of 6 to 260 bytes')
    .option('--in <bytes>', 'offer a buffer of this size for data-in', numberOption('number of bytes', LONGEST))
    .addOption(option('--out <path>', 'send this file as data-out', 'file'))
    .option('--data <hex>', 'send these bytes as data-out')
    .addOption(option('-o, --output <path>', 'write data-in to this file', 'file'))
    .action(async (address: string, words: string[], flags: RawFlags) => {
      const cdb = hexBytes(words.join(' '), 'CDB');
      if (cdb.length < 6 || cdb.length > 260) throw usageError(`a CDB has 6 to 260 bytes, not ${cdb.length}`);
      const dataOut = await givenData(context, flags);
      const dataIn = flags.in === undefined ? undefined : new Uint8Array(flags.in);
      const result = await withLun(context, address, (lu: LogicalUnit) => lu.execute({ cdb, dataIn, dataOut, signal: context.signal }));
      await printResult(context, cdb, result, flags.output);
    });
  annotate(command, {
    text: ['The status is printed whatever it is, and nothing is sent again. Exit status 4 for every status but GOOD.'],
    examples: [
      { command: 'scst-local scsi raw scst_local_tgt/scst_local_host/0 --in 96 12 00 00 00 60 00', does: 'INQUIRY' },
      { command: 'scst-local scsi raw scst_local_tgt/scst_local_host/0 00 00 00 00 00 00', does: 'TEST UNIT READY' },
    ],
  });
};

const hexBytes = (text: string, what: string): Uint8Array => {
  const bytes = parseHex(text);
  if (bytes === undefined) throw usageError(`“${text}” is no ${what}`, 'Bytes are two hexadecimal digits each.');
  return bytes;
};

const givenData = async (context: Context, { out, data }: RawFlags): Promise<Uint8Array | undefined> => {
  if (out !== undefined && data !== undefined) throw usageError('give data-out either as a file (--out) or as bytes (--data)');
  if (data !== undefined) return hexBytes(data, 'data-out');
  if (out === undefined) return undefined;
  const bytes = await readAtMost(await openInput(out, context.signal), LONGEST);
  if (bytes === undefined) throw usageError(`${out} has more than ${LONGEST} bytes, which no command takes`);
  return bytes;
};

const printResult = async (context: Context, cdb: Uint8Array, { status, sense, residual, dataIn }: CommandResult, output: string | undefined): Promise<void> => {
  const decoded = tryDecodeSense(sense);
  if (output !== undefined) {
    const sink = fileSink(output);
    await sink.write(dataIn);
    await sink.close();
  }
  context.result(
    { command: commandName(cdb), status, statusName: statusName(status), residual, sense: { bytes: sense, ...(decoded === undefined ? {} : { text: describeSense(decoded) }) }, dataIn: output === undefined ? dataIn : undefined, output },
    [
      `${commandName(cdb)}: ${statusName(status)}, residual ${residual}`,
      ...(decoded === undefined ? [] : explainSense(decoded, cdb).map((line) => `  ${line}`)),
      ...(dataIn.length === 0 || output !== undefined ? [] : hexDump(dataIn).trimEnd().split('\n')),
    ],
  );
  if (status === STATUS.GOOD || status === STATUS.CONDITION_MET) return;
  throw new CliError('SCSI_STATUS', `${commandName(cdb)}: ${statusName(status)}${decoded === undefined ? '' : `, ${describeSense(decoded)}`}`, {
    details: { status, statusName: statusName(status), sense },
  });
};

const addExplain = (family: Command, context: Context): void => {
  const command = family
    .command('explain')
    .description('say what a CDB, or sense data, means; needs no SCST')
    .argument('<hex...>', 'hexadecimal digits')
    .option('--sense', 'the bytes are sense data')
    .option('--type <number>', 'peripheral device type that the CDB is for (0 disk, 5 CD-ROM …)', numberOption('peripheral device type', 0x1f))
    .action((words: string[], { sense = false, type }: { sense?: boolean; type?: number }) => {
      const bytes = hexBytes(words.join(' '), sense ? 'sense data' : 'CDB');
      if (bytes.length === 0) throw usageError('there is nothing to explain');
      if (sense) {
        const decoded = decodeSense(bytes);
        context.result(factsJson({ ...decoded, text: describeSense(decoded) }), explainSense(decoded));
        return;
      }
      const { name, opcode, direction, length, fields } = explainCdb(bytes, type);
      const wrong = length === undefined || length === bytes.length ? '' : ` (${length} bytes by its operation code, ${bytes.length} given)`;
      context.result(
        factsJson({ name, opcode, direction, length, fields }),
        `${name}${direction === undefined ? '' : `, data ${direction}`}${wrong}\n${formatTable(
          [{ heading: 'BYTE', align: 'right' }, { heading: 'BIT', align: 'right' }, { heading: 'BITS', align: 'right' }, { heading: 'FIELD' }, { heading: 'VALUE' }],
          fields.map(({ name: field, byte, bit, width, value }) => [String(byte), String(bit), String(width), field, fieldText(value)]),
          context.out.bold,
        )}`,
      );
    });
  annotate(command, {
    examples: [
      { command: 'scst-local scsi explain 28 00 00 00 10 00 00 00 08 00', does: 'READ(10) with its fields' },
      { command: 'scst-local scsi explain --sense 70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 c0 00 02', does: 'INVALID FIELD IN CDB, and where' },
    ],
  });
};

const fieldText = (value: boolean | number | bigint): string => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value < 10 ? String(value) : `${value} (0x${value.toString(16)})`;
};


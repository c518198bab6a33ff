import { text as readText } from 'node:stream/consumers';
import { guardWrite, manageUnlessUsed, type Scst } from '@scst/local';
import { parseAttribute, writeAttribute } from '@scst/sysfs';
import { type Command } from 'commander';
import { treePath } from '../address/tree-path.js';
import { type Context } from '../context.js';
import { annotate, argument } from '../definition.js';
import { usageError } from '../errors.js';
import { attributesJson, attributesTable } from '../output/attributes.js';
import { parseHex } from '../output/hex-dump.js';
import { waitingReporter } from '../output/waiting.js';
import { binaryText, surveyDirectory } from '../survey/attributes.js';

export const addAttributeCommands = (program: Command, context: Context): void => {
  addGet(program, context);
  addSet(program, context);
  addMgmt(program, context);
};

const addGet = (program: Command, context: Context): void => {
  const command = program
    .command('get')
    .description('read an attribute, or all attributes of a directory')
    .addArgument(argument('<path>', 'path below scst_tgt; /sys/kernel/scst_tgt/… is taken too', 'attribute-path'))
    .option('--raw', 'print the bytes as they are, the [key] mark included')
    .action(async (path: string, { raw = false }: { raw?: boolean }) => {
      const place = treePath(path);
      await context.withScst(async (scst) => {
        const { type } = await scst.tree.stat(place);
        // A link leads to a directory wherever SCST has one.
        if (type !== 'file') {
          await printDirectory(context, scst, place);
          return;
        }
        const bytes = await scst.tree.read(place, { signal: context.signal });
        if (raw && !context.json) context.out.bytes(bytes);
        else printAttribute(context, place, bytes);
      });
    });
  annotate(command, {
    text: ['With --json: {path, value, key}; key says whether the value differs from its default and is to be saved. Of a directory: {path, attributes, links}.'],
    examples: [
      { command: 'scst-local get targets/scst_local/scst_local_tgt/rel_tgt_id', does: 'one value, without its [key] mark' },
      { command: 'scst-local get devices/disk1', does: 'every attribute of a device; * marks those that differ from their defaults' },
      { command: 'scst-local get --raw handlers/vdisk_fileio/mgmt', does: 'the help text of a mgmt file as it stands' },
    ],
  });
};

const printAttribute = (context: Context, path: string, bytes: Uint8Array): void => {
  const binary = binaryText(path, bytes);
  if (binary !== undefined) {
    context.result({ path, value: binary.value, key: false, bytes }, binary.lines);
    return;
  }
  const { value, key } = parseAttribute(bytes);
  context.result({ path, value, key }, value === '' ? '' : `${value}\n`);
};

const printDirectory = async (context: Context, scst: Scst, path: string): Promise<void> => {
  const { attributes, links } = await surveyDirectory(scst.tree, path, { signal: context.signal });
  const value = { path, attributes: attributesJson(attributes), links: Object.fromEntries(links) };
  context.result(value, attributesTable(attributes, context.out.bold));
};

const addSet = (program: Command, context: Context): void => {
  const command = program
    .command('set')
    .description('write an attribute, in one write')
    .addArgument(argument('<path>', 'path below scst_tgt', 'attribute-path'))
    .argument('[value]', 'the value; the empty one clears')
    .option('--stdin', 'take the value from standard input, as it is')
    .option('--hex', 'the value is hexadecimal digits of the bytes to write')
    .option('--force', 'even where the value takes away or changes what is in use')
    .action(async (path: string, value: string | undefined, { stdin = false, hex = false, force = false }: { stdin?: boolean; hex?: boolean; force?: boolean }) => {
      const place = treePath(path);
      const bytes = await givenValue(context, value, { stdin, hex });
      await context.withScst(async (scst) => {
        const { signal } = context;
        const work = (): Promise<void> => writeAttribute(scst.tree, place, bytes, { signal, onWaiting: waitingReporter(context) });
        await (force ? work() : guardWrite(scst.connection, { path: place, data: bytes }, work, { signal }));
        context.result({ path: place, written: bytes }, '');
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local set targets/scst_local/scst_local_tgt/rel_tgt_id 7', does: 'set the relative target port id' },
      { command: "scst-local set devices/disk1/usn ''", does: 'clear: an empty value is sent as a lone newline' },
      { command: 'scst-local set targets/scst_local/t/sessions/s/transport_id --hex 0600000050010203…', does: 'write bytes' },
    ],
  });
};

const givenValue = async (context: Context, value: string | undefined, { stdin, hex }: { stdin: boolean; hex: boolean }): Promise<string | Uint8Array> => {
  if (stdin === (value !== undefined)) throw usageError('give the value either as an argument or with --stdin');
  const text = value ?? (await readText(context.io.stdin));
  if (!hex) return text;
  const bytes = parseHex(text);
  if (bytes === undefined) throw usageError('--hex takes two hexadecimal digits for each byte');
  return bytes;
};

const addMgmt = (program: Command, context: Context): void => {
  const command = program
    .command('mgmt')
    .description('send a command to a mgmt file and wait for its outcome')
    .addArgument(argument('<path>', 'a mgmt file, or the directory it is in', 'mgmt-path'))
    .argument('<command...>', 'the words of the command; they are joined by blanks')
    .option('--timeout <seconds>', 'how long to wait for the outcome', parseSeconds)
    .option('--force', 'even where the command takes away or changes what is in use')
    .action(async (path: string, words: string[], { timeout, force = false }: { timeout?: number; force?: boolean }) => {
      const place = treePath(path);
      const file = place === 'mgmt' || place.endsWith('/mgmt') ? place : place === '' ? 'mgmt' : `${place}/mgmt`;
      const text = words.join(' ');
      await context.withScst(async (scst) => {
        await manageUnlessUsed(scst.connection, file, text, {
          unlessUsed: !force,
          signal: context.signal,
          onWaiting: waitingReporter(context),
          timeout: timeout === undefined ? undefined : timeout * 1000,
        });
        context.result({ path: file, command: text }, '');
      });
    });
  annotate(command, {
    text: ['What stands after the path is sent as it is; only what is in use is not taken away without --force. Words that begin with a dash go after --.'],
    examples: [
      { command: 'scst-local mgmt handlers/vdisk_fileio add_device disk1 filename=/srv/disk1.img', does: 'what echo "add_device …" > mgmt does, with the outcome' },
      { command: "scst-local mgmt targets/scst_local 'add_target t1 session_name=a; session_name=b'", does: 'quote the semicolon from the shell' },
    ],
  });
};

const parseSeconds = (text: string): number => {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw usageError(`“${text}” is no number of seconds above 0`);
  return seconds;
};

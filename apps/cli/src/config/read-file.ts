import { addAbortSignal } from 'node:stream';
import { type LoadedConfig, loadJson, loadText } from '@scst/config';
import { openInput, readAtMost } from '@scst/file-io';
import { type Context } from '../context.js';
import { CliError } from '../errors.js';

/** Bytes; some hundred times what the largest of appliances has. */
const LONGEST = 256 * 1024 * 1024;

/** Reads a configuration: scst.conf, or JSON where the file's name ends in `.json`. `-` is standard input; JSON is known there by its brace. */
export const readConfigFile = async (context: Context, path: string): Promise<LoadedConfig> => {
  if (path !== '-') {
    const bytes = await readAll(await openInput(path, context.signal), path);
    return isJson(path) ? loadJson(bytes.toString()) : loadText(bytes, { file: path });
  }
  const text = (await readAll(addAbortSignal(context.signal, context.io.stdin), 'standard input')).toString();
  return text.trimStart().startsWith('{') ? loadJson(text) : loadText(text, { file: '<stdin>' });
};

/** All there is to read; `/dev/zero` and the like never end. */
const readAll = async (source: AsyncIterable<Uint8Array | string>, name: string): Promise<Buffer> => {
  const bytes = await readAtMost(source, LONGEST);
  if (bytes === undefined) throw new CliError('REFUSED', `${name} has more than ${LONGEST} bytes, and is no configuration`);
  return bytes;
};

export const isJson = (path: string): boolean => path.endsWith('.json');

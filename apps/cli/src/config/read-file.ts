import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { type LoadedConfig, loadJson, loadText } from '@scst/config';
import { type Context } from '../context.js';

/** Reads a configuration: scst.conf, or JSON where the file's name ends in `.json`. `-` is standard input; JSON is known there by its brace. */
export const readConfigFile = async (context: Context, path: string): Promise<LoadedConfig> => {
  if (path !== '-') return isJson(path) ? loadJson(await readFile(path, 'utf8')) : loadText(await readFile(path), { file: path });
  const text = await readText(context.io.stdin);
  return text.trimStart().startsWith('{') ? loadJson(text) : loadText(text, { file: '<stdin>' });
};

export const isJson = (path: string): boolean => path.endsWith('.json');

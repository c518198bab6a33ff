import { stat } from 'node:fs/promises';
import { encodeName, MAX_ATTRIBUTE_READ } from '@scst/sysfs';
import { parseCount } from '../parse/number.js';
import { parsePrState } from '../parse/pr-state.js';
import { parsed, readFlag, type SurveyContext } from './context.js';
import { type DeviceSurvey } from './types.js';

/** Bytes of the unit in which stat(2) counts what a file takes, whatever its file system's blocks are. */
const STAT_BLOCK = 512;

/** Reads a device's directory. */
export const surveyDevice = async (context: SurveyContext, name: string): Promise<DeviceSurvey> => {
  const { reader, needs } = context;
  const path = `devices/${name}`;
  const entries = (await reader.list(path, 'devices')) ?? [];
  const has = new Set(entries.map((entry) => entry.name));
  const read = (file: string): Promise<string | undefined> | undefined => (has.has(file) ? reader.read(`${path}/${file}`, `devices/${file}`) : undefined);
  const flag = (file: string): Promise<boolean | undefined> | undefined => (has.has(file) ? readFlag(context, `${path}/${file}`, `devices/${file}`) : undefined);
  const filename = read('filename');
  const [handler, type, serial, size, blockSize, active, readOnly, thinProvisioned, exports, blocked, reservations, backing] = await Promise.all([
    has.has('handler') ? reader.linkedName(`${path}/handler`, 'devices/handler') : undefined,
    read('type'),
    read('usn'),
    read('size'),
    read('blocksize'),
    flag('active'),
    flag('read_only'),
    flag('thin_provisioned'),
    has.has('exported') ? countExports(context, `${path}/exported`) : undefined,
    read('block'),
    needs.has('reservations') && has.has('pr_state') ? readReservations(context, `${path}/pr_state`) : undefined,
    needs.has('backing') ? filename?.then((file) => measure(context, file)) : undefined,
  ]);
  const file = await filename;
  return {
    name,
    handler,
    type,
    filename: file === 'none' ? undefined : file,
    serial,
    size: parseCount(size),
    blockSize: parseCount(blockSize),
    active,
    readOnly,
    thinProvisioned,
    exports,
    blocked: parseCount(blocked?.split(' ', 1)[0]),
    reservations,
    backing,
  };
};

const countExports = async ({ reader }: SurveyContext, path: string): Promise<number | undefined> => {
  const entries = await reader.list(path, 'devices/exported');
  if (entries === undefined) return undefined;
  const targets = await Promise.all(entries.filter(({ type }) => type === 'link').map(({ name }) => reader.link(`${path}/${name}`, 'devices/exported')));
  // The copy manager is given every device of its own accord (SPEC sysfs 12): that is no export anybody made.
  return targets.filter((target) => target !== undefined && !target.includes('/targets/copy_manager/')).length;
};

const readReservations = async (context: SurveyContext, path: string): Promise<DeviceSurvey['reservations']> => {
  const text = await context.reader.text(path, 'devices/pr_state');
  if (text === undefined) return undefined;
  // A text as long as a read can be has lost its end, and with it registrants.
  if (encodeName(text).length >= MAX_ATTRIBUTE_READ) context.reader.errors.count('devices/pr_state', 'truncated');
  return parsed(context, text, 'devices/pr_state', parsePrState);
};

/** What a backing file takes; nothing is told of what is no regular file of this machine, such as a block device. */
const measure = async ({ reader }: SurveyContext, filename: string | undefined): Promise<DeviceSurvey['backing']> => {
  if (filename?.startsWith('/') !== true) return undefined;
  return await reader.other(filename, 'devices/backing', async () => {
    const found = await stat(Buffer.from(encodeName(filename))).catch(() => undefined);
    return found?.isFile() === true ? { allocated: found.blocks * STAT_BLOCK, length: found.size } : undefined;
  });
};

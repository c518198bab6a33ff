import { open, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Scst } from '@scst/local';
import { type MgmtParameters } from '@scst/sysfs';
import { CliError, usageError } from '../errors.js';

/** What was asked for. */
export interface DeviceRequest {
  readonly handler: string | undefined;
  /** Path of the backing file, relative to the current directory. */
  readonly file: string | undefined;
  /** Bytes of the backing file to make. */
  readonly create: bigint | undefined;
  readonly parameters: MgmtParameters;
}

/** What to tell SCST, and how to take back what was made for it. */
export interface PreparedDevice {
  readonly handler: string;
  readonly parameters: MgmtParameters;
  undo(): Promise<void>;
}

/** Checks a request as far as it can be checked before SCST sees it, and makes the backing file if that was asked for. */
export const prepareDevice = async (scst: Scst, { handler, file, create, parameters }: DeviceRequest): Promise<PreparedDevice> => {
  if (file === undefined) {
    if (create !== undefined) throw usageError('--create needs --file, the path of the file to make');
    const fallback = parameters['filename'] === undefined ? undefined : 'vdisk_fileio';
    const chosen = handler ?? fallback;
    if (chosen === undefined) throw usageError('nothing says what the device is made of', 'Give --file for a disk over a file, or --handler and its parameters.');
    await checkHandler(scst, chosen);
    return { handler: chosen, parameters, undo: nothing };
  }
  const path = resolve(file);
  const chosen = handler ?? (await handlerOf(path));
  await checkHandler(scst, chosen);
  const undo = create === undefined ? nothing : await makeFile(path, create);
  return { handler: chosen, parameters: { filename: path, ...parameters }, undo };
};

const nothing = (): Promise<void> => Promise.resolve();

const handlerOf = async (path: string): Promise<string> => {
  try {
    return (await stat(path)).isBlockDevice() ? 'vdisk_blockio' : 'vdisk_fileio';
  } catch {
    // SCST says what is wrong with the path, from where it looks at it.
    return 'vdisk_fileio';
  }
};

/** Throws CliError `REFUSED` where there is no such device handler. */
export const checkHandler = async (scst: Scst, name: string): Promise<void> => {
  const names = (await scst.handlers()).map((handler) => handler.name);
  if (names.includes(name)) return;
  throw new CliError('REFUSED', `there is no device handler ${name}`, {
    hint: names.length === 0 ? 'Load scst_vdisk: scst-local module load scst_vdisk.' : `There are: ${names.join(', ')}. Load its module for more.`,
  });
};

/** A disk holds files of every owner. */
const DISK_MODE = 0o600;

/** Makes a sparse file of a size. Returns what removes it. */
const makeFile = async (path: string, size: bigint): Promise<() => Promise<void>> => {
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw usageError(`${size} bytes are more than a file can have`);
  const file = await open(path, 'wx', DISK_MODE).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new CliError('REFUSED', `${path} exists`, { hint: 'Leave --create out to use it as it is.', cause: error });
    }
    throw error;
  });
  const undo = async (): Promise<void> => {
    await rm(path, { force: true });
  };
  try {
    await file.truncate(Number(size));
  } catch (error) {
    await undo();
    throw error;
  } finally {
    await file.close();
  }
  return undo;
};

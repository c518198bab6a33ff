import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import type { ByteString } from '../bytes.js';
import { StoreError } from './block-store.js';
import { toStoreError } from './node-store.js';

/** They hold reservation keys, and what is about to be written to disks. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o755;

/** @internal What a file is called until it is whole. Not as what a killed process may have left: in a container the next one has its number. */
export const temporaryName = (path: ByteString): ByteString => `${path}.${randomBytes(6).toString('hex')}.new`;

/** @internal What {@link temporaryName} makes. */
export const TEMPORARY_NAME = /\.[0-9a-f]{12}\.new$/u;

/** Small files that must never be found half written. Operations on one path take place in the order they were asked for. */
export class StateFiles {
  readonly #real: (path: ByteString) => Buffer;
  readonly #ownDirectory: ByteString;
  readonly #last = new Map<ByteString, Promise<unknown>>();

  /** `real` turns a path into where it is; directories are made below `ownDirectory` alone. */
  constructor(real: (path: ByteString) => Buffer, ownDirectory: ByteString) {
    this.#real = real;
    this.#ownDirectory = ownDirectory;
  }

  async read(path: ByteString): Promise<Uint8Array | undefined> {
    return await this.#inOrder(path, async () => {
      try {
        return new Uint8Array(await fs.readFile(this.#real(path)));
      } catch (error) {
        if (toStoreError(error).code === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  /** Temporary file, fsync, rename, fsync of the directory: after a crash there is the old file or the new one. */
  async write(path: ByteString, data: Uint8Array): Promise<void> {
    await this.#inOrder(path, async () => {
      const directory = parentOf(path);
      await refuseNode(this.#real(path), path);
      if (`${directory}/`.startsWith(`${this.#ownDirectory}/`)) {
        // One after the other: a directory that another write has just made may not be on stable storage yet.
        await this.#inOrder(this.#ownDirectory, () => this.#makeDirectory(directory));
      }
      const temporary = this.#real(temporaryName(path));
      try {
        await writeDurably(temporary, data);
        await fs.rename(temporary, this.#real(path));
      } catch (error) {
        await fs.rm(temporary, { force: true });
        throw error;
      }
      await syncDirectory(this.#real(directory));
    });
  }

  /** Makes a directory that is missing, and those above it, so that a crash does not take them with what is saved in them. */
  async #makeDirectory(path: ByteString): Promise<void> {
    const parent = parentOf(path);
    try {
      await fs.mkdir(this.#real(path), { mode: DIRECTORY_MODE });
    } catch (error) {
      const { code } = toStoreError(error);
      if (code === 'EEXIST') return;
      if (code !== 'ENOENT' || parent === path) throw error;
      await this.#makeDirectory(parent);
      await this.#makeDirectory(path);
      return;
    }
    await syncDirectory(this.#real(parent));
  }

  async remove(path: ByteString): Promise<void> {
    await this.#inOrder(path, async () => {
      try {
        await fs.unlink(this.#real(path));
      } catch (error) {
        if (toStoreError(error).code === 'ENOENT') return;
        throw error;
      }
      await syncDirectory(this.#real(parentOf(path)));
    });
  }

  async #inOrder<T>(path: ByteString, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(path) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(path, mine);
    try {
      return await mine;
    } catch (error) {
      throw toStoreError(error);
    } finally {
      if (this.#last.get(path) === mine) this.#last.delete(path);
    }
  }
}

/** What is renamed over the node of a device takes it away from the whole machine. */
async function refuseNode(real: Buffer, path: ByteString): Promise<void> {
  const found = await fs.lstat(real).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) throw new StoreError('EINVAL', `${path} is no file that could be replaced`);
}

function parentOf(path: ByteString): ByteString {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

async function writeDurably(path: Buffer, data: Uint8Array): Promise<void> {
  const file = await fs.open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: Buffer): Promise<void> {
  const directory = await fs.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

import { createHash } from 'node:crypto';
import type { ByteString } from '../bytes.js';
import { ScstError } from '../errors.js';
import type { BlockStore, Storage, StoreError } from '../store/block-store.js';
import { type AtomicIntent, decodeIntent, encodeIntent, sectorSums } from './atomic-intent.js';

/** Bytes; what is written atomically is kept twice meanwhile. */
export const LONGEST_ATOMIC_WRITE = 1024 * 1024;

/**
 * Writes to files and block devices that are done as a whole or not at all, also by a process that is killed and a machine that
 * loses its power. Neither promises that by itself, so what is about to be written is first put on stable storage in the state
 * directory, and taken away when it has been written; whoever opens the file next finishes what was begun.
 */
export class AtomicWrites {
  readonly #storage: Storage;
  readonly #directory: ByteString;
  /** The last work of each file. */
  readonly #last = new Map<ByteString, Promise<unknown>>();

  /** `directory` is where intents are kept. */
  constructor(storage: Storage, directory: ByteString) {
    this.#storage = storage;
    this.#directory = directory;
  }

  /**
   * When it resolves, all of `data` is on stable storage at `position`. When it rejects, with a `StoreError`, what was there before is
   * there again, unless the store has failed for that too.
   */
  async write(file: ByteString, store: BlockStore, data: Uint8Array, position: number): Promise<void> {
    await this.#inTurn(file, async () => {
      const before = await readRange(store, position, data.length);
      const path = this.#path(file);
      await this.#storage.writeState(path, encodeIntent({ identity: store.identity ?? '', position, data, before: sectorSums(before) }));
      try {
        await writeStable(store, data, position);
      } catch (error) {
        await writeStable(store, before, position).catch(() => undefined);
        await this.#storage.removeState(path);
        throw error;
      }
      try {
        await this.#storage.removeState(path);
      } catch (error) {
        // All of it is written; but whoever finds the intent later may take what is written then for half of this.
        warn(`${path} could not be removed: remove it before ${file} is opened again`, 'SCST_ATOMIC_WRITE_LEFT');
        throw error;
      }
    });
  }

  /**
   * Finishes what a process that is no more had begun on the file. `open` gives the file to write to. Throws a `ScstError`: `EINVAL`
   * when the intent is damaged; else the errno with which the file could not be mended.
   */
  async recover(file: ByteString, open: () => Promise<BlockStore>): Promise<void> {
    await this.#inTurn(file, async () => {
      const path = this.#path(file);
      const bytes = await this.#storage.readState(path);
      if (bytes === undefined) return;
      const intent = decodeIntent(bytes);
      if (intent === undefined) {
        throw new ScstError('EINVAL', `${path} is damaged: it says what was being written to ${file}, which may be half done; move it away to use ${file} as it is`);
      }
      const store = await open();
      try {
        if (await finish(store, intent)) warn(`an atomic write to ${file} that had been cut off was finished`, 'SCST_ATOMIC_WRITE_FINISHED');
      } finally {
        await store.close();
      }
      await this.#storage.removeState(path);
    });
  }

  #path(file: ByteString): ByteString {
    return `${this.#directory}/${createHash('sha256').update(file, 'latin1').digest('hex').slice(0, 32)}`;
  }

  async #inTurn(file: ByteString, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(file) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(file, mine);
    try {
      await mine;
    } finally {
      if (this.#last.get(file) === mine) this.#last.delete(file);
    }
  }
}

/**
 * True: it was half done, and is done now. Where all of it is there, or nothing, or something else that was written since, nothing is
 * to be done.
 */
async function finish(store: BlockStore, { identity, position, data, before }: AtomicIntent): Promise<boolean> {
  if (identity !== (store.identity ?? '') || BigInt(position + data.length) > store.size) return false;
  const wanted = sectorSums(data);
  const found = sectorSums(await readRange(store, position, data.length));
  if (!found.every((sum, index) => sum === wanted[index] || sum === before[index])) return false;
  if (found.every((sum, index) => sum === wanted[index]) || found.every((sum, index) => sum === before[index])) return false;
  await writeStable(store, data, position);
  return true;
}

async function readRange(store: BlockStore, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await new Promise<void>((resolve, reject) => {
    store.read(bytes, position, settle(resolve, reject));
  });
  return bytes;
}

async function writeStable(store: BlockStore, data: Uint8Array, position: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    store.write(data, position, settle(resolve, reject));
  });
  await new Promise<void>((resolve, reject) => {
    store.flush(settle(resolve, reject));
  });
}

function settle(resolve: () => void, reject: (error: StoreError) => void): (error: StoreError | null) => void {
  return (error) => {
    if (error === null) resolve();
    else reject(error);
  };
}

function warn(message: string, code: string): void {
  process.emitWarning(message, { code });
}

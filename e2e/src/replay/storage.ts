import { type BlockStore, NodeStorage, type OpenStoreOptions, type Storage, StoreError } from '@scst/core';
import { type RecordedFile } from './command-steps.js';
import { type Sandbox } from './sandbox.js';

/** What the loop driver says of a file of its own. */
const LOOP_DEVICE = { logicalBlockSize: 512, physicalBlockSize: 512, discardGranularity: 4096, discardMaxBytes: 4294966784 };

const CHARACTER_DEVICES: ReadonlySet<string> = new Set(['null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'loop-control'].map((name) => `/dev/${name}`));

/**
 * The sandbox's files as the core sees them, with what a plain directory cannot hold: block devices, and a FIFO whose open
 * blocks until somebody opens its other end.
 */
export class ReplayStorage implements Storage {
  readonly #files: NodeStorage;
  readonly #fifos = new Map<string, { opened: Promise<void>; release: () => void }>();

  constructor(sandbox: Sandbox) {
    this.#files = new NodeStorage({ root: sandbox.root });
  }

  addBlockDevice(path: string, properties: RecordedFile): void {
    const { logicalBlockSize, physicalBlockSize, discardGranularity, discardMaxBytes } = { ...LOOP_DEVICE, ...properties };
    this.#files.addBlockDevice({ path, file: path, logicalBlockSize, physicalBlockSize, discardGranularity, discardMaxBytes });
  }

  /** What `losetup DEVICE FILE` does. */
  addLoopDevice(device: string, file: string): void {
    this.#files.addBlockDevice({ path: device, file, ...LOOP_DEVICE });
  }

  addFifo(path: string): void {
    let release = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#fifos.set(path, { opened, release });
  }

  /** Somebody opens the other end: whoever waits in open(2) goes on. */
  openFifo(path: string): void {
    this.#fifos.get(path)?.release();
  }

  async open(path: string, options: OpenStoreOptions): Promise<BlockStore> {
    const fifo = this.#fifos.get(path);
    if (fifo === undefined) {
      if ((await this.stat(path)) === 'character') throw new StoreError('EINVAL', `${path} is a character device`);
      return await this.#files.open(path, options);
    }
    await fifo.opened;
    throw new StoreError('EINVAL', `${path} is a FIFO`);
  }

  async stat(path: string): ReturnType<Storage['stat']> {
    if (this.#fifos.has(path)) return 'fifo';
    const kind = await this.#files.stat(path);
    // The character devices every machine has are not made anew in the sandbox.
    return kind === 'missing' && CHARACTER_DEVICES.has(path) ? 'character' : kind;
  }

  async readState(path: string): Promise<Uint8Array | undefined> {
    return await this.#files.readState(path);
  }

  async writeState(path: string, data: Uint8Array): Promise<void> {
    await this.#files.writeState(path, data);
  }

  async removeState(path: string): Promise<void> {
    await this.#files.removeState(path);
  }
}

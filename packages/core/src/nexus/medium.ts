import { encodeSense, SENSE_CONDITION, type SenseFormat } from '@scst/scsi';
import { FormatProgress } from './format-progress.js';
import { type DeviceObject, isVirtual, type VirtualDeviceObject } from './objects.js';

/** What a device server knows of its medium. Sizes are asked of the device each time: they change under it. */
export class Medium {
  readonly #device: DeviceObject;
  #size: bigint | null = null;
  #byteSize = 0;
  #format: FormatProgress | null = null;
  /** PREVENT of PREVENT ALLOW MEDIUM REMOVAL. */
  removalPrevented = false;
  /** It changed and nobody has reported it yet (SPEC 16). */
  changePending = false;

  constructor(device: DeviceObject) {
    this.#device = device;
  }

  /** log2 of the block size. */
  get blockShift(): number {
    return isVirtual(this.#device) ? 31 - Math.clz32(this.#device.blockSize) : 9;
  }

  get exactByteSize(): bigint {
    return isVirtual(this.#device) ? this.#device.size : 0n;
  }

  /** The size in bytes; Infinity beyond 2^53. */
  get byteSize(): number {
    const size = this.exactByteSize;
    if (size !== this.#size) {
      this.#size = size;
      this.#byteSize = size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : Infinity;
    }
    return this.#byteSize;
  }

  /** Whole blocks. */
  get blockCount(): bigint {
    return this.exactByteSize >> BigInt(this.blockShift);
  }

  /** A vcdrom without a medium. */
  get isMissing(): boolean {
    return this.#device.kind === 'cdrom' && this.#virtual.store === null;
  }

  /** The backing file is not open, because `active` is 0. */
  get isClosed(): boolean {
    const { kind, store } = this.#virtual;
    return (kind === 'fileio' || kind === 'blockio') && store === null;
  }

  /** Writes may lie in a cache that a power loss empties, until they are flushed. */
  get hasVolatileCache(): boolean {
    const { kind, store, nvCache, writeThrough } = this.#virtual;
    return store !== null && !nvCache && !writeThrough && kind !== 'nullio';
  }

  get #virtual(): VirtualDeviceObject {
    return this.#device as VirtualDeviceObject;
  }

  /** Everything written so far on stable storage. Rejects with the store's error. */
  async flush(): Promise<void> {
    const { store } = this.#virtual;
    if (store === null) return;
    await new Promise<void>((resolve, reject) => {
      store.flush((error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  get isFormatting(): boolean {
    return this.#format !== null;
  }

  /** A FORMAT UNIT begins; `total` in bytes. */
  beginFormat(total: number): FormatProgress {
    const format = new FormatProgress(total, () => {
      if (this.#format === format) this.#format = null;
    });
    this.#format = format;
    return format;
  }

  /** What REQUEST SENSE has to say while no unit attention is pending: nothing, or how far a FORMAT UNIT is. */
  sense(format: SenseFormat): Uint8Array {
    if (this.#format === null) return encodeSense({ ...SENSE_CONDITION.NO_SENSE, format });
    const { progress } = this.#format;
    return encodeSense({ ...SENSE_CONDITION.FORMAT_IN_PROGRESS, format, senseKeySpecific: { kind: 'progress', progress } });
  }
}

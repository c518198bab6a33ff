import { encodeSense, SENSE_CONDITION, type SenseCondition, type SenseFormat } from '@scst/scsi';
import { FormatProgress } from './format-progress.js';
import type { Nexus } from './nexus.js';
import { type DeviceObject, isVirtual, type VirtualDeviceObject } from './objects.js';

/** What a device server knows of its medium. Sizes are asked of the device each time: they change under it. */
export class Medium {
  readonly #device: DeviceObject;
  #size: bigint | null = null;
  #byteSize = 0;
  #format: { readonly progress: FormatProgress; readonly condition: SenseCondition } | null = null;
  #removalPrevented = false;
  /** Those who prevent removal, where each nexus does so for itself (SPC-5 6.19). */
  readonly preventedBy = new Set<Nexus>();
  /** A disk's medium was taken out by START STOP UNIT. */
  ejected = false;
  /** In the stopped power condition (SBC-4). */
  stopped = false;
  /** A SANITIZE has failed; `restricted`: nothing but another one helps. */
  sanitizeFailed: 'restricted' | 'unrestricted' | null = null;
  /** It changed and nobody has reported it yet (SPEC 16). */
  changePending = false;

  constructor(device: DeviceObject) {
    this.#device = device;
  }

  /** PREVENT of PREVENT ALLOW MEDIUM REMOVAL. Taking it back takes it back for every nexus. */
  get removalPrevented(): boolean {
    return this.#removalPrevented || this.preventedBy.size > 0;
  }

  set removalPrevented(prevented: boolean) {
    this.#removalPrevented = prevented;
    if (!prevented) this.preventedBy.clear();
  }

  /** Bytes, a power of two. */
  get blockSize(): number {
    return isVirtual(this.#device) ? this.#device.blockSize : 512;
  }

  /** log2 of the block size. */
  get blockShift(): number {
    return 31 - Math.clz32(this.blockSize);
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

  /** A vcdrom without a medium, or a disk whose medium was ejected. */
  get isMissing(): boolean {
    return this.ejected || this.#device.kind === 'cdrom' && this.#virtual.store === null;
  }

  /** The backing file is not open, because `active` is 0. */
  get isClosed(): boolean {
    const { kind, store } = this.#virtual;
    return (kind === 'fileio' || kind === 'blockio') && store === null;
  }

  /** Writes may lie in a cache that a power loss empties, until they are flushed. */
  get hasVolatileCache(): boolean {
    const { kind, store, nvCache, writeThrough } = this.#virtual;
    if (nvCache || writeThrough) return false;
    // A file that is closed while a command is at work has its cache all the same; a drive without a medium has none.
    return kind === 'fileio' || kind === 'blockio' || (kind === 'cdrom' && store !== null);
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

  /** What ends commands that must not come between: a FORMAT UNIT or SANITIZE is at work, or a SANITIZE has failed. */
  get occupation(): SenseCondition | null {
    return this.#format?.condition ?? (this.sanitizeFailed === null ? null : SANITIZE_COMMAND_FAILED);
  }

  /** Something begins that takes the whole medium; `total` in bytes, `condition` for those that come meanwhile. */
  beginFormat(total: number, condition: SenseCondition = SENSE_CONDITION.FORMAT_IN_PROGRESS): FormatProgress {
    const progress = new FormatProgress(total, () => {
      if (this.#format?.progress === progress) this.#format = null;
    });
    this.#format = { progress, condition };
    return progress;
  }

  /** The sense data of {@link occupation}, with how far it is; undefined: there is none. */
  occupationSense(format: SenseFormat): Uint8Array | undefined {
    if (this.#format === null) return this.sanitizeFailed === null ? undefined : encodeSense({ ...SANITIZE_COMMAND_FAILED, format });
    const { progress, condition } = this.#format;
    return encodeSense({ ...condition, format, senseKeySpecific: { kind: 'progress', progress: progress.progress } });
  }

  /** What REQUEST SENSE has to say while no unit attention is pending: nothing, or what occupies the medium. */
  sense(format: SenseFormat): Uint8Array {
    return this.occupationSense(format) ?? encodeSense({ ...SENSE_CONDITION.NO_SENSE, format });
  }
}

/** LOGICAL UNIT NOT READY, SANITIZE IN PROGRESS */
export const SANITIZE_IN_PROGRESS: SenseCondition = { senseKey: 0x2, additionalSenseCode: 0x04, additionalSenseCodeQualifier: 0x1b };
export const SANITIZE_COMMAND_FAILED: SenseCondition = { senseKey: 0x3, additionalSenseCode: 0x31, additionalSenseCodeQualifier: 0x03 };

import { type ByteString } from './bytes.js';
import { ScstError } from './errors.js';

/** A token of `trace_level` and its bit (SPEC sysfs 2.1). */
type Token = readonly [name: string, bit: number];

/** In the order they are read in. */
const COMMON: readonly Token[] = [
  ['out_of_mem', 0x100],
  ['minor', 0x200],
  ['sg', 0x80],
  ['mem', 0x40],
  ['buff', 0x20],
  ['entryexit', 0x10],
  ['pid', 0x8],
  ['line', 0x4],
  ['function', 0x2],
  ['debug', 0x1],
  ['special', 0x2000],
  ['scsi', 0x1000],
  ['mgmt', 0x400],
  ['mgmt_dbg', 0x800],
  ['flow_control', 0x4000],
  ['pr', 0x8000],
];

const CORE_ONLY: readonly Token[] = [
  ['retry', 0x80000000],
  ['scsi_serializing', 0x40000000],
  ['data_send', 0x20000000],
  ['data_received', 0x1000000],
  ['block', 0x10000],
];

/** The procfs era's (SPEC sysfs 17). */
const OLD_CORE_ONLY: readonly Token[] = [
  ['retry', 0x80000000],
  ['scsi_serializing', 0x40000000],
  ['recv_bot', 0x4000000],
  ['send_bot', 0x8000000],
  ['recv_top', 0x1000000],
  ['send_top', 0x20000000],
];

const VDISK_ONLY: readonly Token[] = [['order', 0x80000000]];

/** out_of_mem, pid, special, mgmt. */
const DEFAULT_BITS = 0x2508;

/** What a module's trace levels are about: the core and scst_vdisk know tokens of their own. */
export type TraceArea = 'core' | 'old core' | 'vdisk' | 'other';

const TOKENS: Readonly<Record<TraceArea, readonly Token[]>> = {
  core: [...COMMON, ...CORE_ONLY],
  'old core': [...COMMON, ...OLD_CORE_ONLY],
  vdisk: [...COMMON, ...VDISK_ONLY],
  other: COMMON,
};

/** What a module logs. One object per module: its handlers share it. */
export class TraceLevel {
  readonly area: TraceArea;
  #bits = DEFAULT_BITS;

  constructor(area: TraceArea) {
    this.area = area;
  }

  get bits(): number {
    return this.#bits;
  }

  /** The tokens that are set, in the order SCST lists them. */
  get tokens(): string[] {
    return TOKENS[this.area].filter(([, bit]) => (this.#bits & bit) !== 0).map(([name]) => name);
  }

  setAll(): void {
    this.#bits = 0xffffffff;
  }

  setNone(): void {
    this.#bits = 0;
  }

  setDefault(): void {
    this.#bits = DEFAULT_BITS;
  }

  /** Takes the low 32 bits. */
  setValue(value: bigint): void {
    this.#bits = Number(BigInt.asUintN(32, value));
  }

  /** Throws `EINVAL` for a token this module does not know. */
  add(token: ByteString): void {
    this.#bits = (this.#bits | this.#bit(token)) >>> 0;
  }

  /** Throws `EINVAL` for a token this module does not know. */
  remove(token: ByteString): void {
    this.#bits = (this.#bits & ~this.#bit(token)) >>> 0;
  }

  #bit(token: ByteString): number {
    const wanted = token.toLowerCase();
    const found = TOKENS[this.area].find(([name]) => name === wanted);
    if (found === undefined) throw new ScstError('EINVAL', token === '' ? 'no trace level is named' : `there is no trace level ${token}`);
    return found[1];
  }
}

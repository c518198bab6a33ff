import { type TaskAttribute } from '@scst/scsi';
import { SLOT } from '../binding.js';
import { type IoctlPool } from '../ioctl-pool.js';
import { DXFER, SG_IO_V3, V3_FLAG, V3_INTERFACE_ID } from './sg-io-v3.js';
import { SG_IO_V4, V4_FLAG, V4_GUARD } from './sg-io-v4.js';

/** `SG_IO` of <scsi/sg.h>, which both headers go with. */
export const SG_IO = 0x2285;

/** Where the parts of a command are in its slot, after the header. */
const [CDB_AT, SENSE_AT] = [256, 520];
/** SAM-6 5.10: the most sense data there is. */
const SENSE_LENGTH = 252;

export interface HeaderInput {
  readonly cdb: Uint8Array;
  readonly direction: 'none' | 'in' | 'out';
  /** Bytes, and where they are; 0 without data. */
  readonly length: number;
  readonly address: bigint;
  /** Milliseconds. */
  readonly timeout: number;
  readonly attribute: TaskAttribute;
}

export interface HeaderOutput {
  readonly status: number;
  readonly hostStatus: number;
  readonly driverStatus: number;
  readonly residual: number;
  readonly duration: number;
  readonly sense: Uint8Array;
}

/** A version of the header in a slot: `write` lays it and the CDB out, `read` takes what the kernel wrote. */
export interface CommandHeader {
  /** Data moves between the device and the memory it was given, so that what the device does not fill stays as it was. */
  readonly movesInPlace: boolean;
  /** The longest CDB that fits its fields. */
  readonly longestCdb: number;
  /** Writes what every command has alike: once for a slot, which `pool.layouts` keeps in mind. */
  lay(pool: IoctlPool, slot: number): void;
  write(pool: IoctlPool, slot: number, input: HeaderInput): void;
  read(pool: IoctlPool, slot: number, direction: HeaderInput['direction']): HeaderOutput;
}

const NO_BYTES = new Uint8Array(0);
/** The byte of ADDITIONAL SENSE LENGTH, SPC-6 4.4.2 and 4.4.3, in sense data of either format. */
const ADDITIONAL_SENSE_LENGTH = 7;

/** The sense data: some kernels hand the whole of their buffer over, of which ADDITIONAL SENSE LENGTH says how much counts. */
const takeSense = (pool: IoctlPool, slot: number, written: number): Uint8Array => {
  if (written === 0) return NO_BYTES;
  const at = slot * SLOT.SIZE + SENSE_AT;
  const hasLength = written > ADDITIONAL_SENSE_LENGTH && (pool.bytes[at] ?? 0) !== 0;
  const length = hasLength ? Math.min(written, ADDITIONAL_SENSE_LENGTH + 1 + (pool.bytes[at + ADDITIONAL_SENSE_LENGTH] ?? 0)) : written;
  return pool.bytes.slice(at, at + length);
};

// Offsets as constants, so that nothing is looked up for each command.
const { fields: V3 } = SG_IO_V3;
const { fields: V4 } = SG_IO_V4;

/** At the tail, as commands came; the kernel puts them at the head where it is not told so. */
const queueing = (attribute: TaskAttribute, flag: { readonly Q_AT_TAIL: number; readonly Q_AT_HEAD: number }): number =>
  attribute === 'head-of-queue' ? flag.Q_AT_HEAD : flag.Q_AT_TAIL;

/** Lays a slot out for a header, unless the command before had the same. */
const layOnce = (header: CommandHeader, pool: IoctlPool, slot: number): void => {
  if (pool.layouts[slot] === header) return;
  pool.bytes.fill(0, slot * SLOT.SIZE, slot * SLOT.SIZE + CDB_AT);
  header.lay(pool, slot);
  pool.layouts[slot] = header;
};

export const v3Header: CommandHeader = {
  movesInPlace: false,
  longestCdb: 252,
  lay: ({ view, address }, slot) => {
    const at = slot * SLOT.SIZE;
    const here = address + BigInt(at);
    view.setInt32(at + V3.interfaceId.offset, V3_INTERFACE_ID, true);
    view.setUint8(at + V3.mxSbLen.offset, SENSE_LENGTH);
    view.setBigUint64(at + V3.cmdp.offset, here + BigInt(CDB_AT), true);
    view.setBigUint64(at + V3.sbp.offset, here + BigInt(SENSE_AT), true);
  },
  write: (pool, slot, { cdb, direction, length, address, timeout, attribute }) => {
    layOnce(v3Header, pool, slot);
    const { view, bytes } = pool;
    const at = slot * SLOT.SIZE;
    view.setInt32(at + V3.dxferDirection.offset, direction === 'in' ? DXFER.FROM_DEVICE : direction === 'out' ? DXFER.TO_DEVICE : DXFER.NONE, true);
    view.setUint8(at + V3.cmdLen.offset, cdb.length);
    view.setUint32(at + V3.dxferLen.offset, length, true);
    view.setBigUint64(at + V3.dxferp.offset, address, true);
    view.setUint32(at + V3.timeout.offset, timeout, true);
    view.setUint32(at + V3.flags.offset, queueing(attribute, V3_FLAG), true);
    bytes.set(cdb, at + CDB_AT);
  },
  read: (pool, slot) => {
    const { view } = pool;
    const at = slot * SLOT.SIZE;
    return {
      status: view.getUint8(at + V3.status.offset),
      hostStatus: view.getUint16(at + V3.hostStatus.offset, true),
      driverStatus: view.getUint16(at + V3.driverStatus.offset, true),
      residual: view.getInt32(at + V3.resid.offset, true),
      duration: view.getUint32(at + V3.duration.offset, true),
      sense: takeSense(pool, slot, view.getUint8(at + V3.sbLenWr.offset)),
    };
  },
};

export const v4Header: CommandHeader = {
  movesInPlace: true,
  longestCdb: 260,
  lay: ({ view, address }, slot) => {
    const at = slot * SLOT.SIZE;
    const here = address + BigInt(at);
    view.setInt32(at + V4.guard.offset, V4_GUARD, true);
    view.setBigUint64(at + V4.request.offset, here + BigInt(CDB_AT), true);
    view.setUint32(at + V4.maxResponseLen.offset, SENSE_LENGTH, true);
    view.setBigUint64(at + V4.response.offset, here + BigInt(SENSE_AT), true);
  },
  write: (pool, slot, { cdb, direction, length, address, timeout, attribute }) => {
    layOnce(v4Header, pool, slot);
    const { view, bytes } = pool;
    const at = slot * SLOT.SIZE;
    const isIn = direction === 'in';
    view.setUint32(at + V4.requestLen.offset, cdb.length, true);
    view.setUint32(at + V4.doutXferLen.offset, isIn ? 0 : length, true);
    view.setUint32(at + V4.dinXferLen.offset, isIn ? length : 0, true);
    view.setBigUint64(at + V4.doutXferp.offset, isIn ? 0n : address, true);
    view.setBigUint64(at + V4.dinXferp.offset, isIn ? address : 0n, true);
    view.setUint32(at + V4.timeout.offset, timeout, true);
    view.setUint32(at + V4.flags.offset, queueing(attribute, V4_FLAG), true);
    bytes.set(cdb, at + CDB_AT);
  },
  read: (pool, slot, direction) => {
    const { view } = pool;
    const at = slot * SLOT.SIZE;
    return {
      status: view.getUint32(at + V4.deviceStatus.offset, true) & 0xff,
      hostStatus: view.getUint32(at + V4.transportStatus.offset, true),
      driverStatus: view.getUint32(at + V4.driverStatus.offset, true),
      residual: view.getInt32(at + (direction === 'in' ? V4.dinResid : V4.doutResid).offset, true),
      duration: view.getUint32(at + V4.duration.offset, true),
      sense: takeSense(pool, slot, view.getUint32(at + V4.responseLen.offset, true)),
    };
  },
};

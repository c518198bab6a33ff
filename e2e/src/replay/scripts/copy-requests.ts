import { type ScriptDevice } from './devices.js';
import { bigEndian, type Random } from './random.js';
import { address, allocation, control, gives, offered, type RequestMaker, takes } from './request.js';

const TARGET_DESCRIPTOR = 0xe4;
const BLOCK_TO_BLOCK = 0x02;
const DC = 0x02;

/** A designator by which the copy manager may find a device: code set, type, identifier. */
export interface Designator {
  readonly codeSet: number;
  readonly type: number;
  readonly id: Uint8Array;
}

/** Of nobody. */
const STRANGERS: readonly Designator[] = [
  { codeSet: 1, type: 2, id: Buffer.from('notthere') },
  { codeSet: 1, type: 3, id: Buffer.alloc(8) },
  { codeSet: 2, type: 1, id: Buffer.from('SCST_FIOnobody') },
];

const targetDescriptor = (random: Random, { codeSet, type, id }: Designator, blockSize: number): Buffer => {
  const descriptor = Buffer.alloc(32);
  descriptor.writeUInt8(random.chance(0.97) ? TARGET_DESCRIPTOR : random.pick(0xe0, 0xe1, 0xff), 0);
  descriptor.writeUInt8(random.pick(0, 0, 0, 0, 0x05, 0x20), 1);
  descriptor.set([codeSet, type, 0, id.length], 4);
  Buffer.from(id).copy(descriptor, 8, 0, 20);
  bigEndian(random.chance(0.97) ? blockSize : random.pick(0, 512, 4096), 3).copy(descriptor, 29);
  return random.chance(0.03) ? random.mutate(descriptor, 0.9) : descriptor;
};

const segment = (random: Random, targets: number, device: ScriptDevice): Buffer => {
  const descriptor = Buffer.alloc(28);
  descriptor.writeUInt8(random.chance(0.96) ? BLOCK_TO_BLOCK : random.pick(0, 1, 0xff), 0);
  descriptor.writeUInt8(random.pick(0, 0, 0, DC, 1, 4), 1);
  descriptor.writeUInt16BE(random.chance(0.96) ? 0x18 : random.pick(0, 0x14, 0x17, 0x19), 2);
  descriptor.writeUInt16BE(random.chance(0.95) ? random.int(Math.max(1, targets)) : random.pick(targets, 0xffff), 4);
  descriptor.writeUInt16BE(random.chance(0.95) ? random.int(Math.max(1, targets)) : random.pick(targets, 0xffff), 6);
  descriptor.writeUInt16BE(random.pick(0, 1, 2, 8, 8, 16, 64), 10);
  bigEndian(random.pick(0, 1, 8, 64, address(random, device)), 8).copy(descriptor, 12);
  bigEndian(random.pick(0, 1, 8, 64, address(random, device)), 8).copy(descriptor, 20);
  return random.chance(0.02) ? random.mutate(descriptor, 0.9) : descriptor;
};

const extendedCopy: RequestMaker = (random, device) => {
  const known = device.designators;
  const wanted = random.pick(0, 1, 2, 2, 2, 3);
  const targets = Array.from({ length: wanted }, () => targetDescriptor(random, random.chance(0.93) ? random.pick(...((known.length === 0 ? STRANGERS : known) as [Designator])) : random.pick(...(STRANGERS as [Designator])), device.blockSize));
  const segments = Array.from({ length: random.pick(0, 1, 1, 1, 2, 3) }, () => segment(random, wanted, device));
  const header = Buffer.alloc(16);
  header.writeUInt8(random.int(4), 0);
  header.writeUInt8(random.pick(0, 0, 0, 0, 0, 0x03, 0x08, 0x10, 0x18, 0x20), 1);
  header.writeUInt16BE(32 * wanted, 2);
  header.writeUInt32BE(28 * segments.length, 8);
  if (random.chance(0.06)) header.writeUInt8(random.byte(), random.pick(2, 3, 8, 9, 10, 11, 12, 13, 14, 15));
  const list = Buffer.concat([header, ...targets, ...segments]);
  // Never less than the header: SCST would read what memory held before.
  const length = random.chance(0.92) ? list.length : random.pick(0, 16, Math.max(16, list.length - 1), Math.max(16, list.length - 28));
  return gives([0x83, random.chance(0.95) ? 0 : random.pick(1, 2, random.int(32)), 0, 0, 0, 0, 0, 0, 0, 0, ...bigEndian(length, 4), 0, control(random)], list.subarray(0, length));
};

/** Of no copy that there was: what is known of one is forgotten after some seconds, which pass at another pace in an emulated machine. */
export const receiveCopyResults: RequestMaker = (random) => {
  const length = allocation(random, 46);
  return takes([0x84, random.pick(3, 3, 0, 1, 4, 5, 0x23, random.int(32)), 0x70 + random.int(3), 0, 0, 0, 0, 0, 0, 0, ...bigEndian(length, 4), 0, control(random)], offered(random, length));
};

export const COPY_REQUESTS: readonly RequestMaker[] = [extendedCopy, extendedCopy, extendedCopy, receiveCopyResults];

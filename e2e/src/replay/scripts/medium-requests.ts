import { bigEndian } from './random.js';
import { address, blocksOut, control, count, gives, longAddress, mediumCdb, nothing, type RequestMaker, takes, wholeSectors } from './request.js';

const FLAGS = [0, 0, 0, 0x08, 0x10, 0x18, 0x20, 0xe0, 0x02, 0x01, 0x1f] as const;

const read: RequestMaker = (random, device) => {
  const length = count(random);
  const bytes = length * device.blockSize;
  const cdb = mediumCdb(random, device, { six: 0x08, ten: 0x28, twelve: 0xa8, sixteen: 0x88 }, random.pick(...FLAGS), length);
  return takes(cdb, random.chance(0.8) ? bytes : wholeSectors(device, random.pick(0, 1, 512, bytes + 512, Math.max(0, bytes - 1))));
};

const write: RequestMaker = (random, device) => {
  const length = count(random);
  const forms = random.pick({ six: 0x0a, ten: 0x2a, twelve: 0xaa, sixteen: 0x8a }, { ten: 0x2e, twelve: 0xae, sixteen: 0x8e });
  const cdb = mediumCdb(random, device, forms, random.pick(...FLAGS), length);
  return gives(cdb, blocksOut(random, device, (cdb[0] === 0x0a && length === 0 ? 256 : length) * device.blockSize));
};

const verify: RequestMaker = (random, device) => {
  const length = count(random);
  const flags = random.pick(0, 0, 0x02, 0x02, 0x03, 0x04, 0x06, 0x10, 0x12, 0xe0);
  const cdb = mediumCdb(random, device, { ten: 0x2f, twelve: 0xaf, sixteen: 0x8f }, flags, length);
  return gives(cdb, (flags & 0x02) !== 0 && random.chance(0.8) ? blocksOut(random, device, length * device.blockSize) : null);
};

/** Never with IMMED: on a device that has nothing to flush, SCST of that version takes the kernel down with it. */
const synchronizeCache: RequestMaker = (random, device) =>
  nothing(mediumCdb(random, device, { ten: 0x35, sixteen: 0x91 }, random.pick(0, 0x04, 0xfd), random.pick(0, 1, 8, device.blocks, 0xffff)));

const writeSame: RequestMaker = (random, device) => {
  const flags = random.pick(0, 0, 0x08, 0x08, 0x09, 0x10, 0x18, 0x01, 0x02, 0x04, 0x06, 0x20, random.byte());
  const length = random.pick(0, 1, 2, 8, 16, 64, device.blocks, 0xffff);
  const cdb = random.chance(0.5)
    ? [0x93, flags, ...bigEndian(longAddress(random, device), 8), ...bigEndian(random.pick(length, length, 0x80000, 0x80001), 4), 0, control(random)]
    : [0x41, flags, ...bigEndian(address(random, device), 4), 0, ...bigEndian(length, 2), control(random)];
  return gives(cdb, (flags & 0x01) !== 0 && random.chance(0.8) ? null : blocksOut(random, device, device.blockSize));
};

/** The list ends with its descriptors, but for lists that are cut. */
const unmap: RequestMaker = (random, device) => {
  const descriptors = random.pick(0, 1, 1, 2, 3, 8);
  const list = Buffer.alloc(8 + 16 * descriptors);
  list.writeUInt16BE(list.length - 2, 0);
  list.writeUInt16BE(16 * descriptors, 2);
  for (let at = 8; at < list.length; at += 16) {
    bigEndian(random.chance(0.8) ? address(random, device) : longAddress(random, device), 8).copy(list, at);
    bigEndian(random.pick(0, 1, 2, 8, 8, 64, device.blocks, 0x80000, 0x80001, 0xffffffff), 4).copy(list, at + 8);
  }
  const length = random.chance(0.85) ? list.length : random.pick(0, 8, Math.max(8, list.length - 1));
  return gives([0x42, random.pick(0, 0, 0, 0x01, 0xfe), 0, 0, 0, 0, random.pick(0, 0x1f), ...bigEndian(length, 2), control(random)], list.subarray(0, length));
};

const compareAndWrite: RequestMaker = (random, device) => {
  const length = random.pick(0, 1, 1, 2, 3, 8);
  const cdb = [0x89, random.pick(0, 0, 0, 0x08, 0x10, 0x20, 0xe0), ...bigEndian(longAddress(random, device), 8), 0, 0, random.pick(0, 0, 1), length, random.pick(0, 0x1f), control(random)];
  return gives(cdb, blocksOut(random, device, 2 * length * device.blockSize));
};

const formatUnit: RequestMaker = (random) => {
  const flags = random.pick(0, 0x10, 0x10, 0x30, 0x80, 0xc0, 0x50, 0x90, 0xd0, 0x18, 0x0f, random.byte());
  const list = Buffer.alloc(random.pick(4, 4, 8, 12));
  if (random.chance(0.6)) list.writeUInt8(random.pick(0x02, 0x08, 0x80, random.byte()), 1);
  if (random.chance(0.3)) list.writeUInt8(random.int(8), 0);
  if (random.chance(0.2)) list.writeUInt8(random.byte(), 3);
  return gives([0x04, flags, random.pick(0, 0xff), 0, 0, control(random)], (flags & 0x10) !== 0 && random.chance(0.9) ? list : null);
};

export const MEDIUM_REQUESTS: readonly RequestMaker[] = [read, read, write, write, verify, synchronizeCache, writeSame, unmap, compareAndWrite, formatUnit];

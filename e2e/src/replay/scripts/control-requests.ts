import { bigEndian, type Random } from './random.js';
import { address, control, count, gives, longAddress, nothing, type RequestMaker, takes } from './request.js';

const cachingPage = (random: Random): Buffer => {
  const page = Buffer.alloc(20);
  page.set([0x08, 0x12, random.pick(0x04, 0, 0x14, 0xff)]);
  return random.mutate(page, 0.2);
};

const controlPage = (random: Random, tst: number): Buffer => {
  const flags = (tst << 5) | random.pick(0, 0, 0, 0x04, 0x10, 0x08, 0x14);
  const page = Buffer.from([0x0a, 0x0a, flags, random.pick(0x10, 0x10, 0, 0x16, 0x12, 0x14, 0x20, 0xf0), random.pick(0, 0, 0, 0, 0x08, 0xf7), random.pick(0, 0x40, 0xff, 0x07), 0, 0, 0, 0, 0x02, 0x4b]);
  // SCST looks for the next page in the last two bytes of this one.
  if (!random.chance(0.15)) return random.mutate(page, 0.15);
  page.set([random.pick(0x08, 0x0a), random.pick(0x12, 0x0a)], 10);
  return Buffer.concat([page, Buffer.alloc(random.pick(1, 10, 18), random.pick(0, 0x04, 0x20))]);
};

const otherPage = (random: Random): Buffer => {
  const page = Buffer.alloc(2 + random.int(12));
  page.set([random.pick(1, 2, 3, 4, 0x1c, random.byte()), random.pick(page.length - 2, random.byte())]);
  return page;
};

/** The header is always sent whole: SCST would read what memory held before. */
const modeSelect: RequestMaker = (random, { blockSize, blocks, tst }) => {
  const ten = random.chance(0.5);
  const header = Buffer.alloc(ten ? 8 : 4);
  const parts: Uint8Array[] = [header];
  if (random.chance(0.3)) {
    header.writeUInt8(8, header.length - 1);
    parts.push(bigEndian(blocks, 4), bigEndian(blockSize, 4));
  } else if (random.chance(0.1)) header.writeUInt8(random.pick(1, 4, 7, 16), header.length - 1);
  for (let pages = random.pick(0, 1, 1, 1, 2); pages > 0; pages -= 1) parts.push(random.pick(cachingPage, controlPage, controlPage, otherPage)(random, tst));
  const list = Buffer.concat(parts);
  const length = random.chance(0.85) ? list.length : random.pick(0, header.length, Math.max(header.length, list.length - 1), Math.max(header.length, list.length - 3));
  const flags = random.pick(0x10, 0x10, 0x10, 0x11, 0x11, 0, 0x01, 0xff);
  const cdb = ten ? [0x55, flags, 0, 0, 0, 0, 0, ...bigEndian(length, 2), control(random)] : [0x15, flags, 0, 0, length, control(random)];
  return gives(cdb, list.subarray(0, length));
};

const setTargetPortGroups: RequestMaker = (random) => {
  const list = Buffer.alloc(4 + 4 * random.int(4));
  for (let at = 4; at < list.length; at += 4) {
    list.writeUInt8(random.pick(0, 1, 2, 3, 0xe, 0xf, random.byte()), at);
    list.writeUInt16BE(random.pick(0, 1, 2, 3, 257), at + 2);
  }
  const length = random.chance(0.85) ? list.length : random.pick(0, 4);
  return gives([0xa4, random.pick(0x0a, 0x0a, 0xea), 0, 0, 0, 0, ...bigEndian(length, 4), 0, control(random)], list.subarray(0, length));
};

const reserve: RequestMaker = (random) =>
  nothing(
    random.chance(0.5)
      ? [random.pick(0x16, 0x17), random.pick(0, 0, 1, 0x10, random.byte()), 0, 0, 0, control(random)]
      : [random.pick(0x56, 0x57), random.pick(0, 0, 0x10, 1, random.byte()), random.pick(0, 0, 0x10), 0, 0, 0, 0, 0, 0, control(random)],
  );

const startStop: RequestMaker = (random) => nothing([0x1b, random.int(2), 0, random.pick(0, random.byte()), random.pick(0, 1, 2, 3, 0x10, random.byte()), control(random)]);
const preventAllow: RequestMaker = (random) => nothing([0x1e, 0, 0, 0, random.pick(0, 1, 2, 3, 0xff), control(random)]);

const sendDiagnostic: RequestMaker = (random) => {
  const length = random.pick(0, 0, 4, 8);
  return gives([0x1d, random.byte(), 0, ...bigEndian(length, 2), control(random)], random.chance(0.8) ? Buffer.alloc(length) : null);
};

/** These parse what they are sent: what they are sent here would be memory that SCST has not cleared. */
const PARSED: ReadonlySet<number> = new Set([0x04, 0x15, 0x42, 0x55, 0x5f, 0x83, 0xa4]);
/** With IMMED it ends in an oops; see `synchronizeCache`. */
const SYNCHRONIZE_CACHE: ReadonlySet<number> = new Set([0x35, 0x91]);
const IMMED = 0x02;
const NACA = 0x04;

const lastByte = (opcode: number): number => (opcode < 0x20 ? 5 : opcode < 0x60 ? 9 : opcode >= 0xa0 && opcode < 0xc0 ? 11 : 15);

/** Any operation code with anything behind it. */
const anyOpcode: RequestMaker = (random) => {
  const opcode = random.byte();
  const cdb = random.chance(0.5) ? random.bytes(16) : Buffer.alloc(16);
  cdb.writeUInt8(opcode, 0);
  const last = lastByte(opcode);
  cdb.writeUInt8(control(random), last);
  if (opcode === 0x7f || SYNCHRONIZE_CACHE.has(opcode)) cdb.writeUInt8(cdb.readUInt8(1) & ~(NACA | IMMED), 1);
  // Few blocks, or a transfer is longer than the kernel has memory for.
  if (random.chance(0.7)) for (let at = 6; at < Math.min(9, last); at += 1) cdb.writeUInt8(cdb.readUInt8(at) & 0x01, at);
  const bytes = random.pick(1, 8, 24, 36, 512, 4096);
  switch (random.int(3)) {
    case 0:
      // Sometimes cut short; Linux sends no less than six bytes.
      return nothing([...cdb.subarray(0, random.chance(0.85) ? last + 1 : 6 + random.int(last - 4))]);
    case 1:
      return takes([...cdb], bytes);
    default:
      return gives([...cdb], PARSED.has(opcode) ? null : random.bytes(bytes));
  }
};

/** What SCST's table knows and no handler carries out. */
const unimplemented: RequestMaker = (random, device) => {
  const opcode = random.pick(0x05, 0x07, 0x0b, 0x18, 0x1c, 0x2b, 0x34, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3e, 0x3f, 0x40, 0x46, 0x4a, 0x51, 0x52, 0x8b, 0x90, 0x92, 0x95, 0x9b, 0x9c, 0xab, 0xb7, 0xb9, 0xbe);
  const length = count(random);
  const flags = random.pick(0, 0, 1, random.byte());
  const cdb =
    opcode < 0x20 ? [opcode, flags, random.int(3), random.int(3), length, control(random)]
    : opcode < 0x60 ? [opcode, flags, ...bigEndian(address(random, device), 4), 0, ...bigEndian(length, 2), control(random)]
    : opcode < 0xa0 ? [opcode, flags, ...bigEndian(longAddress(random, device), 8), ...bigEndian(length, 4), 0, control(random)]
    : [opcode, flags, ...bigEndian(address(random, device), 4), ...bigEndian(length, 4), 0, control(random)];
  const bytes = random.pick(length, length * device.blockSize);
  return random.pick(() => nothing(cdb), () => takes(cdb, bytes), () => gives(cdb, Buffer.alloc(bytes)))();
};

const variableLength: RequestMaker = (random, device) => {
  const cdb = [0x7f, control(random), 0, 0, 0, 0, 0, random.pick(0x18, 0x18, 0x17, 0), 0, random.pick(0, 9, 0xa, 0xb, 0xc, 0xd, 0xe), random.pick(0, 0, 0x20, 0x08), 0];
  cdb.push(...bigEndian(longAddress(random, device), 8), ...bigEndian(address(random, device), 4), 0, 0, 0, 0, ...bigEndian(count(random), 4));
  return random.pick(() => nothing(cdb), () => takes(cdb, 512), () => gives(cdb, Buffer.alloc(device.blockSize)))();
};

export const CONTROL_REQUESTS: readonly RequestMaker[] = [modeSelect, modeSelect, setTargetPortGroups, reserve, startStop, preventAllow, sendDiagnostic];
export const ANY_REQUESTS: readonly RequestMaker[] = [anyOpcode, anyOpcode, anyOpcode, unimplemented, variableLength];

import { receiveCopyResults } from './copy-requests.js';
import { bigEndian } from './random.js';
import { address, allocation, control, longAddress, nothing, offered, type RequestMaker, takes } from './request.js';

const testUnitReady: RequestMaker = (random) => nothing([0x00, random.pick(0, 0xff), random.byte(), 0, 0, control(random)]);

const requestSense: RequestMaker = (random) => {
  const length = allocation(random, 18);
  return takes([0x03, random.pick(0, 0x01, 0xff), 0, 0, length, control(random)], offered(random, length));
};

const PAGES = [0x00, 0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2, 0xb3, 0x84, 0x87, 0xc0] as const;

const inquiry: RequestMaker = (random) => {
  const length = random.pick(96, 255, 66, 600, allocation(random, 66));
  const flags = random.pick(0, 0, 0x01, 0x01, 0x01, 0x02, 0x03, 0xfd);
  const page = (flags & 0x01) !== 0 ? random.pick(...PAGES, random.byte()) : random.pick(0, 0, 0, random.byte());
  return takes([0x12, flags, page, ...bigEndian(length, 2), control(random)], offered(random, length));
};

const readCapacity10: RequestMaker = (random, device) =>
  takes([0x25, random.pick(0, 1, 0xff), ...bigEndian(random.pick(0, 0, 1, address(random, device), 0xffffffff), 4), 0, 0, random.pick(0, 0, 1, 0xfe), control(random)], random.pick(8, 8, 8, 4, 0, 16, 7));

const serviceActionIn: RequestMaker = (random, device) => {
  const length = random.pick(32, 32, 13, 12, 8, 16, 24, 0, 64, 1);
  const action = random.pick(0x10, 0x10, 0x10, 0xf0, 0x12, 0x11, 0x13, 0, random.byte());
  return takes([0x9e, action, ...bigEndian(random.pick(0, 0, longAddress(random, device)), 8), ...bigEndian(length, 4), random.pick(0, 0, 1, 0xff), control(random)], offered(random, length));
};

const modeSense: RequestMaker = (random) => {
  const length = random.pick(255, 192, 0, 1, 3, 4, 8, 12, 20, 24, 36);
  const page = random.pick(0x3f, 0x08, 0x0a, 0x1c, 1, 2, 3, 4, 0, random.int(64)) | (random.int(4) << 6);
  const subpage = random.pick(0, 0, 0, 0, 0xff, 1);
  const cdb = random.chance(0.5) ? [0x5a, random.pick(0, 0x08, 0x10, 0x18, 0xff), page, subpage, 0, 0, 0, ...bigEndian(length, 2), control(random)] : [0x1a, random.pick(0, 0x08, 0xff, 0xf7), page, subpage, length, control(random)];
  return takes(cdb, offered(random, length));
};

const reportLuns: RequestMaker = (random) => {
  const length = random.pick(16, 16, 64, 8, 4, 0, 15, 24, 512);
  return takes([0xa0, 0, random.pick(0, 1, 2, 2, 0x10, 0x11, 0x12, random.byte()), 0, 0, 0, ...bigEndian(length, 4), 0, control(random)], offered(random, length));
};

/** Of RSOC, RSTMF, RTPG and what else MAINTENANCE IN may be asked. */
const maintenanceIn: RequestMaker = (random) => {
  const length = random.pick(512, 2048, 64, 4, 20, 8, 0, 3, 32, 1);
  const action = random.pick(0x0a, 0x0a, 0x2a, 0x4a, 0x0c, 0x0c, 0x0c, 0xec, 0x0d, 0x0d, random.byte());
  const option = random.pick(0, 0, 1, 2, 3, 0x80, 0x81, 0x82, 0x83, random.byte());
  const code = random.pick(random.byte(), 0x12, 0x28, 0x9e, 0xa3, 0x5e, 0x42, 0x93, 0xa4, 0x83);
  return takes([0xa3, action, option, code, ...bigEndian(random.pick(0, 0x10, 0x0c, 0x0a, random.int(32), random.int(65536)), 2), ...bigEndian(length, 4), 0, control(random)], offered(random, length));
};

/** Not REPORT CAPABILITIES, of which SCST leaves two bytes as they were in memory. */
const reserveIn: RequestMaker = (random) => {
  const length = random.pick(8, 24, 255, 16, 0, 7, 32, 64, 512, 56);
  return takes([0x5e, random.pick(0, 1, 3, 0, 1, 3, 4, 0xe1, 5 + random.int(27)), 0, 0, 0, 0, 0, ...bigEndian(length, 2), control(random)], offered(random, length));
};

const logSense: RequestMaker = (random) => {
  const length = random.pick(0, 4, 64);
  return takes([0x4d, random.int(4), random.pick(0, 0x40, 0x7f, random.byte()), random.pick(0, 0xff), 0, 0, 0, ...bigEndian(length, 2), control(random)], offered(random, length));
};

const readToc: RequestMaker = (random) => {
  const length = random.pick(20, 12, 4, 8, 0, 255, 2);
  return takes([0x43, random.pick(0, 0x02, 0xff), random.pick(0, 1, 2, 5, 0x0f, 0xf0, random.byte()), 0, 0, 0, random.pick(0, 1, 2, 0xaa, 0xab, random.byte()), ...bigEndian(length, 2), random.pick(0, 0x40, 0x80)], offered(random, length));
};

export const REPORT_REQUESTS: readonly RequestMaker[] = [
  receiveCopyResults, testUnitReady, requestSense, inquiry, inquiry, readCapacity10, serviceActionIn, modeSense, modeSense, reportLuns, maintenanceIn, maintenanceIn, reserveIn, logSense, readToc,
];

/** What shows who a device is, and what it is like. */
export const IDENTITY_REQUESTS: readonly RequestMaker[] = [inquiry, inquiry, inquiry, modeSense, readCapacity10, serviceActionIn, maintenanceIn, testUnitReady];

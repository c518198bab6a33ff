import { writeU16, writeU24 } from '@scst/scsi';
import type { DeviceServer } from '../nexus/device-server.js';
import { type ControlParameters, DEFAULT_CONTROL } from './mode-parameters.js';

/** PC of MODE SENSE, SPC-5 6.14.3. */
export type PageControl = 'current' | 'changeable' | 'default' | 'saved';
export const PAGE_CONTROLS: readonly PageControl[] = ['current', 'changeable', 'default', 'saved'];

export const MODE_PAGE = {
  READ_WRITE_ERROR_RECOVERY: 0x01,
  DISCONNECT_RECONNECT: 0x02,
  FORMAT_DEVICE: 0x03,
  RIGID_DISK_GEOMETRY: 0x04,
  CACHING: 0x08,
  CONTROL: 0x0a,
  INFORMATIONAL_EXCEPTIONS_CONTROL: 0x1c,
  ALL: 0x3f,
} as const;

/** PARAMETERS SAVEABLE, bit 7 of a page's first byte. */
export const PAGE_SAVEABLE = 0x80;

interface ModePage {
  readonly code: number;
  readonly onCdrom: boolean;
  /** The page's bytes after PAGE CODE and PAGE LENGTH. */
  readonly encode: (server: DeviceServer, control: PageControl) => Uint8Array;
  readonly saveable?: (server: DeviceServer) => boolean;
}

/** Values nobody can change: zeros in the mask of changeable ones, the same everywhere else. */
const fixed =
  (bytes: (server: DeviceServer) => Uint8Array) =>
  (server: DeviceServer, control: PageControl): Uint8Array => {
    const page = bytes(server);
    return control === 'changeable' ? page.fill(0) : page;
  };

/** SCST's disks have this geometry, whatever their size. */
const HEADS = 255;
const SECTORS_PER_TRACK = 56;
const ROTATION_RATE = 15000;

const MODE_PAGES: readonly ModePage[] = [
  // AWRE, ARRE; one retry; no time limit.
  { code: MODE_PAGE.READ_WRITE_ERROR_RECOVERY, onCdrom: true, encode: fixed(() => Uint8Array.of(0xc0, 1, 0, 0, 0, 0, 1, 0, 0xff, 0xff)) },
  // Buffers half full and half empty; bus inactivity limit of one millisecond.
  { code: MODE_PAGE.DISCONNECT_RECONNECT, onCdrom: false, encode: fixed(() => Uint8Array.of(0x80, 0x80, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) },
  { code: MODE_PAGE.FORMAT_DEVICE, onCdrom: false, encode: fixed(formatDevice) },
  { code: MODE_PAGE.CACHING, onCdrom: false, encode: caching, saveable: (server) => !server.virtualDevice.nvCache },
  { code: MODE_PAGE.CONTROL, onCdrom: true, encode: control, saveable: () => true },
  // DEXCPT
  { code: MODE_PAGE.INFORMATIONAL_EXCEPTIONS_CONTROL, onCdrom: true, encode: fixed(() => Uint8Array.of(0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0)) },
  { code: MODE_PAGE.RIGID_DISK_GEOMETRY, onCdrom: false, encode: fixed(rigidDiskGeometry) },
];

/** The page of this code, or all of them one after the other; undefined where the device has none. */
export function encodeModePages(server: DeviceServer, code: number, pageControl: PageControl): Uint8Array | undefined {
  const isCdrom = server.device.kind === 'cdrom';
  const pages = MODE_PAGES.filter((page) => (code === MODE_PAGE.ALL || page.code === code) && (page.onCdrom || !isCdrom));
  if (pages.length === 0) return undefined;
  const bytes: number[] = [];
  for (const page of pages) {
    const body = page.encode(server, pageControl);
    bytes.push(page.code | (page.saveable?.(server) === true ? PAGE_SAVEABLE : 0), body.length, ...body);
  }
  return Uint8Array.from(bytes);
}

function formatDevice(server: DeviceServer): Uint8Array {
  const body = new Uint8Array(22);
  writeU16(body, 8, SECTORS_PER_TRACK);
  writeU16(body, 10, server.virtualDevice.blockSize);
  body[18] = 0x40; // HSEC
  return body;
}

function rigidDiskGeometry(server: DeviceServer): Uint8Array {
  const body = new Uint8Array(22);
  const track = BigInt(HEADS * SECTORS_PER_TRACK);
  writeU24(body, 0, Number(BigInt.asUintN(24, (server.medium.blockCount + track - 1n) / track)));
  body[3] = HEADS;
  writeU16(body, 18, ROTATION_RATE);
  return body;
}

const WCE = 0x04;

function caching(server: DeviceServer, pageControl: PageControl): Uint8Array {
  const body = new Uint8Array(18);
  const { nvCache } = server.virtualDevice;
  if (pageControl === 'changeable') {
    body[0] = nvCache ? 0 : WCE;
    return body;
  }
  const { modes } = server;
  const writeThrough = { current: modes.writeThrough, default: false, saved: modes.savedWriteThrough }[pageControl];
  body[0] = writeThrough || nvCache ? 0 : WCE;
  body[10] = 0x80; // FSW
  body[11] = 0x14; // NUMBER OF CACHE SEGMENTS
  return body;
}

/** EXTENDED SELF-TEST COMPLETION TIME, seconds. */
const SELF_TEST_TIME = 0x024b;

function control(server: DeviceServer, pageControl: PageControl): Uint8Array {
  const body = new Uint8Array(10);
  if (pageControl === 'changeable') {
    if (!server.virtualDevice.clusterMode) body.set([0x1c, 0xf6, 0x08, 0x40]);
    return body;
  }
  const { modes } = server;
  const parameters: Readonly<ControlParameters> = { current: modes.control, default: DEFAULT_CONTROL, saved: modes.savedControl }[pageControl];
  const tmfOnly = pageControl === 'saved' && server.rules.savedTmfOnly === 'default' ? DEFAULT_CONTROL.tmfOnly : parameters.tmfOnly;
  body[0] = (server.taskSetType << 5) | (tmfOnly ? 0x10 : 0) | (parameters.dpicz ? 0x08 : 0) | (parameters.descriptorSense ? 0x04 : 0);
  body[1] = (parameters.queueAlgorithm << 4) | (parameters.queueError << 1);
  body[2] = parameters.softwareWriteProtect ? 0x08 : 0;
  body[3] = parameters.reportsAborted ? 0x40 : 0;
  writeU16(body, 8, SELF_TEST_TIME);
  return body;
}

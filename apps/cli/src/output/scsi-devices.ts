import { type ScsiDeviceView } from '../survey/scsi-device.js';
import { formatTable } from './table.js';

/** The kernel's names of peripheral device types in /proc/scsi/scsi, by number; each 17 characters wide there. */
const PROC_TYPES = [
  'Direct-Access', 'Sequential-Access', 'Printer', 'Processor', 'WORM', 'CD-ROM', 'Scanner', 'Optical Device', 'Medium Changer', 'Communications',
  'ASC IT8', 'ASC IT8', 'RAID', 'Enclosure', 'Direct-Access-RBC', 'Optical card', 'Bridge controller', 'Object storage', 'Automation/Drive',
  'Security Manager', 'Direct-Access-ZBC',
];

/** lsscsi's names of peripheral device types, by number. */
const LSSCSI_TYPES = [
  'disk', 'tape', 'printer', 'process', 'worm', 'cd/dvd', 'scanner', 'optical', 'mediumx', 'comms',
  '(0xa)', '(0xb)', 'storage', 'enclosu', 'sim disk', 'optical', 'bridge', 'osd', 'adi',
  'sec man', 'zbc',
];

const nameOf = (names: readonly string[], type: number): string => names[type] ?? (type === 0x1e ? 'Well-known LUN' : type === 0x1f ? 'No Device' : 'Unknown');

/** As `cat /proc/scsi/scsi` prints them. */
export const formatProc = (devices: readonly ScsiDeviceView[]): string[] => [
  'Attached devices:',
  ...devices.flatMap(({ host, channel, id, lun, vendor, model, revision, type, scsiLevel }) => [
    `Host: scsi${host} Channel: ${two(channel)} Id: ${two(id)} Lun: ${two(lun)}`,
    `  Vendor: ${vendor.padEnd(8)} Model: ${model.padEnd(16)} Rev: ${revision.padEnd(4)}`,
    `  Type:   ${nameOf(PROC_TYPES, type).padEnd(17)}                ANSI  SCSI revision: ${ansiRevision(scsiLevel)}`,
  ]),
];

/** Linux's count of SCSI levels as /proc/scsi/scsi shows it: one less from 2 on; 2 is SCSI-1 with the Common Command Set. */
const ansiRevision = (level: number): string => `${(level > 1 ? level - 1 : level).toString(16).padStart(2, '0')}${level === 2 ? ' CCS' : ''}`;

const two = (number: number): string => String(number).padStart(2, '0');

/** As `lsscsi -g` prints them: address, type, vendor, model, revision, block device, SCSI generic device. */
export const formatLsscsi = (devices: readonly ScsiDeviceView[]): string[] =>
  devices.map(({ address, type, vendor, model, revision, node, sg }) =>
    [
      `[${address}]`.padEnd(12),
      nameOf(LSSCSI_TYPES, type).padEnd(7),
      vendor.padEnd(8),
      model.padEnd(16),
      revision.padEnd(4),
      (node ?? '-').padEnd(8),
      sg ?? '-',
    ].reduce((line, part, index) => `${line}${' '.repeat(LSSCSI_GAPS[index] ?? 1)}${part}`, ''),
  );

/** Blanks before each of lsscsi's columns. */
const LSSCSI_GAPS = [0, 1, 1, 1, 1, 2, 2];

/** As a table for people. */
export const formatDevicesTable = (devices: readonly ScsiDeviceView[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'ADDRESS' }, { heading: 'TYPE' }, { heading: 'VENDOR' }, { heading: 'MODEL' }, { heading: 'REVISION' }, { heading: 'NODE' }, { heading: 'SG' }],
    devices.map(({ address, type, vendor, model, revision, node, sg }) => [address, nameOf(LSSCSI_TYPES, type), vendor, model, revision, node ?? '-', sg ?? '-']),
    bold,
  );

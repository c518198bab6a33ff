import { type ListedScsiDevice } from './listed-device.js';

/** Linux's names of the peripheral device types, as wide as its text has them. */
const TYPE_NAMES = [
  'Direct-Access    ',
  'Sequential-Access',
  'Printer          ',
  'Processor        ',
  'WORM             ',
  'CD-ROM           ',
  'Scanner          ',
  'Optical Device   ',
  'Medium Changer   ',
  'Communications   ',
  'ASC IT8          ',
  'ASC IT8          ',
  'RAID             ',
  'Enclosure        ',
  'Direct-Access-RBC',
  'Optical card     ',
  'Bridge controller',
  'Object storage   ',
  'Automation/Drive ',
  'Security Manager ',
  'Direct-Access-ZBC',
];
const WELL_KNOWN = 'Well-known LUN   ';
const NO_DEVICE = 'No Device        ';
const UNKNOWN = 'Unknown          ';

/** Linux's name of a peripheral device type, in the 17 columns it has. */
export const procScsiTypeName = (type: number): string => TYPE_NAMES[type] ?? (type === 0x1e ? WELL_KNOWN : type === 0x1f ? NO_DEVICE : UNKNOWN);

/**
 * Lines of `/proc/scsi/scsi`. Channel, id and LUN have at least two digits; bytes of INQUIRY's fields below the blank show as blanks;
 * SCSI level 2 is SCSI-1 with the Common Command Set.
 */
export const formatProcScsi = (devices: Iterable<ListedScsiDevice>): string[] => [
  'Attached devices:',
  ...[...devices].flatMap(({ host, channel, id, lun, vendor, model, revision, type, scsiLevel }) => [
    `Host: scsi${host} Channel: ${two(channel)} Id: ${two(id)} Lun: ${two(lun)}`,
    `  Vendor: ${field(vendor, 8)} Model: ${field(model, 16)} Rev: ${field(revision, 4)}`,
    `  Type:   ${procScsiTypeName(type)}                ANSI  SCSI revision: ${ansiRevision(scsiLevel)}`,
  ]),
];

const two = (number: number): string => String(number).padStart(2, '0');

const field = (text: string, length: number): string => text.replace(/[^ -\uffff]/gu, ' ').padEnd(length);

/** One less than Linux's count of levels, from 2 on. */
const ansiRevision = (level: number): string => `${(level > 1 ? level - 1 : level).toString(16).padStart(2, '0')}${level === 2 ? ' CCS' : ''}`;

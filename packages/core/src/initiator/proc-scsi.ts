import { type ScsiDevice } from './scsi-device.js';
import { type ScsiHost } from './scsi-host.js';

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

/** Linux's name of a peripheral device type. */
export const typeName = (type: number): string => TYPE_NAMES[type] ?? 'Unknown          ';

const two = (number: number): string => String(number).padStart(2, '0');

/** Bytes below space show as space. */
const printable = (text: string): string => text.replace(/[^ -\uffff]/g, ' ');

const describe = (device: ScsiDevice): string =>
  `Host: scsi${device.host.number} Channel: 00 Id: ${two(device.host.id)} Lun: ${two(device.lun)}\n` +
  `  Vendor: ${printable(device.vendor)} Model: ${printable(device.model)} Rev: ${printable(device.revision)}\n` +
  `  Type:   ${typeName(device.type)}                ANSI  SCSI revision: ${(device.scsiLevel - (device.scsiLevel > 1 ? 1 : 0)).toString(16).padStart(2, '0')}` +
  `${device.scsiLevel === 2 ? ' CCS' : ''}\n`;

/** The text of `/proc/scsi/scsi`. */
export const procScsi = (hosts: Iterable<ScsiHost>): string => {
  const devices = [...hosts].flatMap((host) => host.devices);
  return `Attached devices:\n${devices.map(describe).join('')}`;
};

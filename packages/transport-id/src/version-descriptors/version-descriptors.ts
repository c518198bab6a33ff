import { fibreChannel } from './fibre-channel.js';
import { ata, ataOther, ataPhysical, ieee1394, parallelScsi, serialAttachedScsi, ssa } from './physical.js';
import { type Rows } from './rows.js';
import { pcieTransport, physicalMapping, sasTransport, usbTransport } from './scsi-transport.js';

/** The family a standard belongs to, by the ranges in which T10 assigns standard codes (SPC-4 table E.19). */
export type VersionDescriptorFamily =
  | 'none'
  | 'physical-mapping-protocol'
  | 'parallel-scsi'
  | 'serial-attached-scsi'
  | 'fibre-channel'
  | 'ssa'
  | 'ieee-1394'
  | 'atapi-usb'
  | 'sas-transport-protocol'
  | 'pcie-transport-protocol';

/**
 * What a standard describes: a SCSI `transport` protocol, a `physical` interconnect, both in one (`combined`: parallel SCSI,
 * SAS, ATA up to ATA/ATAPI-7), or neither (`other`: architecture and command sets that share a family's range).
 */
export type VersionDescriptorLayer = 'transport' | 'physical' | 'combined' | 'other';

/** One value of a VERSION DESCRIPTOR field of standard INQUIRY data. */
export interface VersionDescriptor {
  /** The value: 32 times the standard's code, plus its revision's. */
  readonly code: number;
  /** The name in T10's list, without `ANSI` before `INCITS`, as later lists have it. */
  readonly name: string;
  readonly family: VersionDescriptorFamily;
  readonly layer: VersionDescriptorLayer;
}

const tables: readonly (readonly [VersionDescriptorFamily, VersionDescriptorLayer, Rows])[] = [
  ['none', 'other', [[0x0000, 'Version Descriptor Not Supported or No Standard Identified']]],
  ['physical-mapping-protocol', 'transport', physicalMapping],
  ['parallel-scsi', 'combined', parallelScsi],
  ['serial-attached-scsi', 'combined', serialAttachedScsi],
  ['fibre-channel', 'physical', fibreChannel],
  ['ssa', 'physical', ssa],
  ['ieee-1394', 'physical', ieee1394],
  ['atapi-usb', 'combined', ata],
  ['atapi-usb', 'physical', ataPhysical],
  ['atapi-usb', 'transport', usbTransport],
  ['atapi-usb', 'other', ataOther],
  ['sas-transport-protocol', 'transport', sasTransport],
  ['pcie-transport-protocol', 'transport', pcieTransport],
];

/**
 * The version descriptors of SCSI transport protocols and physical interconnects, in ascending order of `code`: SPC-4 annex
 * E.9 with what T10 has assigned since (up to SPC-6 revision 8), and 0000h.
 */
export const versionDescriptors: readonly VersionDescriptor[] = tables
  .flatMap(([family, layer, rows]) => rows.map(([code, name]): VersionDescriptor => ({ code, name, family, layer })))
  .sort((a, b) => a.code - b.code);

const byCode = new Map(versionDescriptors.map((descriptor) => [descriptor.code, descriptor]));

const foldName = (name: string): string => name.trim().toLowerCase().replaceAll(/\s+/g, ' ').replaceAll(/\bansi (?=incits|ieee)/g, '');

const byName = new Map<string, VersionDescriptor>();
// From the end, so that of two revisions with one name (SAS T10/1562-D revision 04) the lower value is found.
for (const descriptor of versionDescriptors.toReversed()) {
  const name = foldName(descriptor.name);
  byName.set(name, descriptor);
  const standard = / \(no (?:version claimed|draft published)\)$/.exec(name);
  if (standard !== null) byName.set(name.slice(0, standard.index), descriptor);
}

/** The descriptor with this value, or undefined when T10 has not assigned it to a transport or an interconnect. */
export const versionDescriptorByCode = (code: number): VersionDescriptor | undefined => byCode.get(code);

/**
 * The descriptor with this name, or undefined. Case, runs of blanks and `ANSI` before `INCITS` do not matter; a standard's
 * name alone (`SAS`, `iSCSI`, `fcp-4`) means the one with no version claimed.
 */
export const versionDescriptorByName = (name: string): VersionDescriptor | undefined => byName.get(foldName(name));

import {
  BLOCK_DEVICE_CHARACTERISTICS_PAGE, BLOCK_LIMITS_PAGE, decodeDeviceIdentification, decodeManagementNetworkAddresses, decodeModePagePolicy, decodeScsiPorts,
  decodeSupportedVpdPages, decodeUnitSerialNumber, type Designator, EXTENDED_INQUIRY_PAGE, LOGICAL_BLOCK_PROVISIONING_PAGE, REFERRALS_PAGE, type ScsiPort, VPD_PAGE,
  ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE,
} from '@scst/scsi';
import { protocolName } from '@scst/transport-id';
import { type Facts, factLines, fieldLines, type Layout } from '../output/facts.js';
import { hexDump } from '../output/hex-dump.js';
import { toHex } from '../output/json.js';

/** A VPD page taken apart: for programs and for people. */
export interface ExplainedVpd {
  readonly facts: unknown;
  readonly lines: readonly string[];
}

interface PageRow {
  readonly name: string;
  readonly explain: (bytes: Uint8Array) => ExplainedVpd;
}

/** A page that is a list of fields. */
const fields = (name: string, page: Layout & { decode: (bytes: Uint8Array) => object }): PageRow => ({
  name,
  explain: (bytes) => {
    const facts = { ...page.decode(bytes) } as Facts;
    return { facts, lines: fieldLines(page, facts) };
  },
});

/** A page that is a list of descriptors. */
const list = <T extends object>(name: string, decode: (bytes: Uint8Array) => T[], line: (item: T) => string): PageRow => ({
  name,
  explain: (bytes) => {
    const facts = decode(bytes);
    return { facts, lines: facts.map(line) };
  },
});

const hex8 = (code: number): string => `${code.toString(16).padStart(2, '0').toUpperCase()}h`;

const ASSOCIATIONS = ['logical unit', 'target port', 'target device'];

/** A designator in one line: whom it names, what kind of name, and the name. */
const designatorLine = (designator: Designator): string => {
  const whose = ASSOCIATIONS[designator.association] ?? 'reserved association';
  const protocol = designator.protocolIdentifier === undefined ? '' : ` (${protocolName(designator.protocolIdentifier) ?? designator.protocolIdentifier})`;
  return `${whose}${protocol}: ${designator.type} ${designatorName(designator)}`;
};

const designatorName = (designator: Designator): string => {
  switch (designator.type) {
    case 't10-vendor-id':
      return `${designator.vendorIdentification} ${printable(designator.vendorSpecificIdentifier)}`;
    case 'relative-target-port':
      return String(designator.relativeTargetPort);
    case 'target-port-group':
      return String(designator.targetPortGroup);
    case 'logical-unit-group':
      return String(designator.logicalUnitGroup);
    case 'scsi-name':
      return designator.name;
    case 'vendor-specific':
      return printable(designator.bytes);
    case 'other':
      return `${hex8(designator.designatorType)} ${toHex(designator.bytes)}`;
    default:
      return toHex(designator.bytes);
  }
};

/** Text where bytes are ASCII, digits where they are not. */
const printable = (bytes: Uint8Array): string => (bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? Buffer.from(bytes).toString('latin1') : toHex(bytes));

const PAGES: Readonly<Record<number, PageRow>> = {
  [VPD_PAGE.SUPPORTED_VPD_PAGES]: {
    name: 'Supported VPD Pages',
    explain: (bytes) => {
      const codes = decodeSupportedVpdPages(bytes);
      return { facts: codes, lines: codes.map((code) => `${hex8(code)} ${vpdPageName(code)}`) };
    },
  },
  [VPD_PAGE.UNIT_SERIAL_NUMBER]: {
    name: 'Unit Serial Number',
    explain: (bytes) => {
      const serial = decodeUnitSerialNumber(bytes);
      return { facts: serial, lines: [serial] };
    },
  },
  [VPD_PAGE.DEVICE_IDENTIFICATION]: list('Device Identification', decodeDeviceIdentification, designatorLine),
  [VPD_PAGE.MANAGEMENT_NETWORK_ADDRESSES]: list('Management Network Addresses', decodeManagementNetworkAddresses, ({ serviceType, networkAddress }) => `service ${serviceType}: ${networkAddress}`),
  [VPD_PAGE.EXTENDED_INQUIRY_DATA]: fields('Extended INQUIRY Data', EXTENDED_INQUIRY_PAGE),
  [VPD_PAGE.MODE_PAGE_POLICY]: list('Mode Page Policy', decodeModePagePolicy, ({ pageCode, subpageCode, policy }) => `page ${hex8(pageCode)}, subpage ${hex8(subpageCode)}: ${POLICIES[policy] ?? 'reserved'}`),
  [VPD_PAGE.SCSI_PORTS]: list('SCSI Ports', decodeScsiPorts, (port: ScsiPort) => factLines({ ...port }).join('; ')),
  [VPD_PAGE.BLOCK_LIMITS]: fields('Block Limits', BLOCK_LIMITS_PAGE),
  [VPD_PAGE.BLOCK_DEVICE_CHARACTERISTICS]: fields('Block Device Characteristics', BLOCK_DEVICE_CHARACTERISTICS_PAGE),
  [VPD_PAGE.LOGICAL_BLOCK_PROVISIONING]: fields('Logical Block Provisioning', LOGICAL_BLOCK_PROVISIONING_PAGE),
  [VPD_PAGE.REFERRALS]: fields('Referrals', REFERRALS_PAGE),
  [VPD_PAGE.ZONED_BLOCK_DEVICE_CHARACTERISTICS]: fields('Zoned Block Device Characteristics', ZONED_BLOCK_DEVICE_CHARACTERISTICS_PAGE),
};

const POLICIES: Readonly<Record<number, string>> = { 0: 'shared', 1: 'per target port', 3: 'per I_T nexus' };

/** The standard's name of a page. */
export const vpdPageName = (code: number): string => PAGES[code]?.name ?? 'page without a name here';

/** Takes a page apart; one that is not known shows its bytes. */
export const explainVpd = (code: number, bytes: Uint8Array): ExplainedVpd =>
  PAGES[code]?.explain(bytes) ?? { facts: undefined, lines: hexDump(bytes).trimEnd().split('\n') };

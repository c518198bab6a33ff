import { describe, expect, it } from 'vitest';
import { versionDescriptorByCode, versionDescriptorByName, versionDescriptors, type VersionDescriptorFamily } from './version-descriptors.js';

/** Standard codes (the value divided by 32) of each family, SPC-4 table E.19. */
const standardCodes: Record<VersionDescriptorFamily, readonly [number, number]> = {
  none: [0, 0],
  'physical-mapping-protocol': [65, 84],
  'parallel-scsi': [85, 94],
  'serial-attached-scsi': [95, 104],
  'fibre-channel': [105, 154],
  ssa: [155, 164],
  'ieee-1394': [165, 174],
  'atapi-usb': [175, 200],
  'sas-transport-protocol': [261, 270],
  'pcie-transport-protocol': [271, 290],
};

describe('the table', () => {
  it('holds each value once, in ascending order, in the range of its family', () => {
    let last = -1;
    for (const { code, family } of versionDescriptors) {
      expect(code).toBeGreaterThan(last);
      last = code;
      const [low, high] = standardCodes[family];
      expect(code >> 5).toBeGreaterThanOrEqual(low);
      expect(code >> 5).toBeLessThanOrEqual(high);
    }
  });

  it('names every revision after the standard whose code it has', () => {
    for (const { code, name } of versionDescriptors) {
      const unversioned = versionDescriptorByCode(code & ~0x1f);
      // ATA/ATAPI-8 and USB share one standard code among several documents.
      if (unversioned === undefined || code >> 5 === 0x1620 >> 5) continue;
      expect(name.startsWith(unversioned.name.replace(/ \(no .*\)$/, ''))).toBe(true);
    }
  });
});

describe('looking up', () => {
  it.each([
    [0x0be0, 'SAS (no version claimed)', 'combined'],
    [0x0960, 'iSCSI (no version claimed)', 'transport'],
    [0x0940, 'SRP (no version claimed)', 'transport'],
    [0x0900, 'FCP-2 (no version claimed)', 'transport'],
    [0x0a46, 'FCP-4 INCITS 481-2012', 'transport'],
    [0x0da0, 'FC-FS (no version claimed)', 'physical'],
    [0x0d3c, 'FC-PH INCITS 230-1994 with Amnd 1 INCITS 230/AM1-1996', 'physical'],
    [0x0b60, 'SPI-5 (no version claimed)', 'combined'],
    [0x137c, 'SSA-PH2 INCITS 293-1996', 'physical'],
    [0x099c, 'SBP-3 INCITS 375-2004', 'transport'],
    [0x0a2b, 'ADT-2 INCITS 472-2011', 'transport'],
    [0x14a0, 'IEEE 1394 (no version claimed)', 'physical'],
    [0x1729, 'Universal Serial Bus Specification, Revision 2.0', 'physical'],
    [0x1730, 'USB Mass Storage Class Bulk-Only Transport, Revision 1.0', 'transport'],
    [0x1747, 'UAS T10/2095-D revision 04', 'transport'],
    [0x20c0, 'SPL-2 (no version claimed)', 'transport'],
    [0x21e0, 'SOP (no version claimed)', 'transport'],
    [0x2200, 'PQI (no version claimed)', 'transport'],
    [0x0000, 'Version Descriptor Not Supported or No Standard Identified', 'other'],
  ])('%i is %s, both ways', (code, name, layer) => {
    expect(versionDescriptorByCode(code)).toMatchObject({ code, name, layer });
    expect(versionDescriptorByName(name)?.code).toBe(code);
  });

  it('finds every entry by its name, the lower value where two share one', () => {
    for (const descriptor of versionDescriptors) {
      const found = versionDescriptorByName(descriptor.name.toUpperCase());
      expect(found?.code).toBe(descriptor.code === 0x0bfb ? 0x0bfa : descriptor.code);
    }
  });

  it('takes the name of a standard alone for no version claimed', () => {
    expect(versionDescriptorByName('SAS')?.code).toBe(0x0be0);
    expect(versionDescriptorByName(' iscsi ')?.code).toBe(0x0960);
    expect(versionDescriptorByName('fc-ph')?.code).toBe(0x0d20);
    expect(versionDescriptorByName('sop-2')?.code).toBe(0x2220);
  });

  it('takes names as SPC-4 writes them', () => {
    expect(versionDescriptorByName('UAS ANSI INCITS 471-2010')?.code).toBe(0x1748);
    expect(versionDescriptorByName('ANSI IEEE 1394-1995')?.code).toBe(0x14bd);
    expect(versionDescriptorByName('FC-PH ANSI INCITS 230-1994 with Amnd 1 ANSI INCITS 230/AM1-1996')?.code).toBe(0x0d3c);
  });

  it('finds nothing that is reserved or belongs to another family', () => {
    expect(versionDescriptorByCode(0x0961 + 0x1e)).toBeUndefined();
    expect(versionDescriptorByCode(0x04c0)).toBeUndefined();
    expect(versionDescriptorByName('SPC-4')).toBeUndefined();
    expect(versionDescriptorByName('')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { type ListedScsiDevice } from './listed-device.js';
import { formatLsscsi } from './lsscsi.js';
import { formatProcScsi } from './proc-scsi.js';

const disk: ListedScsiDevice = {
  host: 0, channel: 0, id: 0, lun: 0, type: 0, vendor: 'Linux', model: 'scsi_debug', revision: '0191', scsiLevel: 8, node: '/dev/sda', sg: '/dev/sg0',
};

describe('formatLsscsi', () => {
  it.each<[string, Partial<ListedScsiDevice>, string]>([
    ['a disk', {}, '[0:0:0:0]    disk    Linux    scsi_debug       0191  /dev/sda   /dev/sg0 '],
    ['nodes as wide as their columns', { node: '/dev/sch0', sg: '/dev/sg10', type: 8 }, '[0:0:0:0]    mediumx Linux    scsi_debug       0191  /dev/sch0  /dev/sg10'],
    ['nodes wider than their columns', { node: '/dev/sdzzz', sg: '/dev/sg1234' }, '[0:0:0:0]    disk    Linux    scsi_debug       0191  /dev/sdzzz  /dev/sg1234'],
    ['no nodes', { node: undefined, sg: undefined }, '[0:0:0:0]    disk    Linux    scsi_debug       0191  -          -        '],
    ['an address wider than its column', { host: 1000, lun: 16383 }, '[1000:0:0:16383] disk    Linux    scsi_debug       0191  /dev/sda   /dev/sg0 '],
    ['short fields', { vendor: 'ab', model: 'x', revision: '1' }, '[0:0:0:0]    disk    ab       x                1     /dev/sda   /dev/sg0 '],
    ['a type without a name', { type: 0x1d }, '[0:0:0:0]    (0x1d)  Linux    scsi_debug       0191  /dev/sda   /dev/sg0 '],
  ])('prints %s', (_, change, line) => {
    expect(formatLsscsi([{ ...disk, ...change }])).toEqual([line]);
  });

  it('prints nothing of nothing', () => {
    expect(formatLsscsi([])).toEqual([]);
  });
});

describe('formatProcScsi', () => {
  it('prints three lines for each device', () => {
    expect(formatProcScsi([disk, { ...disk, host: 10, id: 3, lun: 300, type: 5, scsiLevel: 2, vendor: 'a\tb' }])).toEqual([
      'Attached devices:',
      'Host: scsi0 Channel: 00 Id: 00 Lun: 00',
      '  Vendor: Linux    Model: scsi_debug       Rev: 0191',
      '  Type:   Direct-Access                    ANSI  SCSI revision: 07',
      'Host: scsi10 Channel: 00 Id: 03 Lun: 300',
      '  Vendor: a b      Model: scsi_debug       Rev: 0191',
      '  Type:   CD-ROM                           ANSI  SCSI revision: 01 CCS',
    ]);
  });

  it.each<[number, string]>([
    [0x14, 'Direct-Access-ZBC'], [0x15, 'Unknown          '], [0x1e, 'Well-known LUN   '], [0x1f, 'No Device        '],
  ])('names type %i', (type, name) => {
    expect(formatProcScsi([{ ...disk, type }])[3]).toBe(`  Type:   ${name}                ANSI  SCSI revision: 07`);
  });

  it('prints its heading of nothing', () => {
    expect(formatProcScsi([])).toEqual(['Attached devices:']);
  });
});

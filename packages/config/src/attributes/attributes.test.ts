import { describe, expect, it } from 'vitest';
import { sameValue } from './equal.js';
import { traceLevelCommand, traceLevelHolds } from './trace-level.js';

describe('values of one meaning', () => {
  it.each([
    ['setup_id', '4660', '0x1234', true],
    ['setup_id', '0x100001234', '0x1234', true],
    ['scsi_transport_version', '0', '0xbe0', true],
    ['addr_method', 'flat', 'FLAT', true],
    ['addr_method', 'L', 'LUN', true],
    ['addr_method', 'L', 'FLAT', false],
    ['io_grouping_type', 'NEVER', 'never', true],
    ['io_grouping_type', '0x10', '16', true],
    ['cpu_mask', '00000000,0000000F', 'f', true],
    ['black_hole', '12', '1', true],
    ['read_only', '2', '0', true],
    ['blocksize', '0', '512', true],
    ['blocksize', '1000', '512', true],
    ['naa_id', '6001405AABBCCDDEE0011223344556677'.slice(0, 32), '0x6001405aabbccddee001122334455667', true],
    ['eui64_id', '0x', '', true],
    ['threads_pool_type', 'per_init', 'per_initiator', true],
    ['threads_pool_type', 'shared', 'Async', true],
    ['filename', '/a', '/b', false],
    ['filename', '', 'none', true],
    ['t10_dev_id', '007', '7', false],
    ['size', '5x', '5', true],
    ['MaxBurstLength', '0x100', '256', true],
    ['HeaderDigest', 'CRC32C,None', 'CRC32C, None', true],
    ['HeaderDigest', 'CRC32C', 'None', false],
    ['dif_mode', 'SCST|tgt', 'tgt|scst', true],
  ])('%s %s and %s', (name, wanted, live, same) => {
    expect(sameValue(name, wanted, live)).toBe(same);
  });

  it('reads a LUN’s read_only as a truth value', () => {
    expect(sameValue('read_only', '2', '1', 'lun')).toBe(true);
  });
});

describe('trace_level', () => {
  const shown = 'out_of_mem | pid | special | mgmt\n\n\nhelp';

  it.each([
    ['default', true],
    ['add pid', true],
    ['add scsi', false],
    ['del scsi', true],
    ['none', false],
    ['all', false],
    ['value 0x2508', true],
    ['value 1', false],
    ['pid | out_of_mem | mgmt | special', true],
  ])('%s', (command, holds) => {
    expect(traceLevelHolds(command, shown)).toBe(holds);
  });

  it('can be set back to what was shown', () => {
    expect(traceLevelCommand(shown)).toBe('value 0x2508');
    expect(traceLevelHolds(traceLevelCommand(shown), shown)).toBe(true);
  });
});

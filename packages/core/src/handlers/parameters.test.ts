import { describe, expect, it } from 'vitest';
import { ScstError } from '../errors.js';
import { applyParameter, type DeviceDraft } from './parameters.js';
import { VDISK_NULLIO } from './vdisk-nullio.js';

const applied = (name: string, value: string, listed = false): unknown => {
  const draft: DeviceDraft = {};
  try {
    applyParameter(draft, listed ? VDISK_NULLIO.listed : null, name, value);
    return draft;
  } catch (error) {
    if (error instanceof ScstError) return error.code;
    throw error;
  }
};

describe('parameters of add_device (SPEC sysfs 8.1)', () => {
  it.each([
    ['blocksize', '0', { blockSize: 512 }],
    ['blocksize', '511', 'EINVAL'],
    ['blocksize', '1025', { blockSize: 1024 }],
    ['blocksize', '4095', { blockSize: 2048 }],
    ['blocksize', '1048576', { blockSize: 1048576 }],
    ['BLOCKSIZE', '0x1000', { blockSize: 4096 }],
    ['read_only', '2', { readOnly: false }],
    ['read_only', '3', { readOnly: true }],
    ['read_only', '-1', 'EINVAL'],
    ['async', '2', { async: true }],
    ['tst', '2', 'EINVAL'],
    ['dummy', '1', { dummy: true }],
    ['dummy', '2', 'EINVAL'],
    ['numa_node_id', '-1', { numaNodeId: -1 }],
    ['numa_node_id', '-2', 'EINVAL'],
    ['size', '512', { size: 512n }],
    ['size', '9223372036854775808', 'ERANGE'],
    ['size_mb', '1', { size: 1048576n }],
    ['filename', 'x', 'EINVAL'],
    ['filename', '/x', { filename: '/x' }],
    ['t10_dev_id', 'd'.repeat(25), { t10DevId: 'd'.repeat(25) }],
    ['t10_dev_id', 'd'.repeat(26), 'EINVAL'],
    ['dif_mode', 'TGT|scst|', { protectionModes: new Set(['tgt', 'scst']) }],
    ['dif_mode', '|', 'EINVAL'],
    ['dif_mode', 'foo', 'EINVAL'],
    ['nope', '1', 'EINVAL'],
    ['nope', '99999999999999999999', 'ERANGE'],
  ])('%s=%s', (name, value, result) => {
    expect(applied(name, value)).toEqual(result);
  });

  it('are refused by handlers that do not list them, whatever their value', () => {
    expect(applied('filename', '/x', true)).toBe('EINVAL');
    expect(applied('nope', '99999999999999999999', true)).toBe('EINVAL');
    expect(applied('size', '512', true)).toEqual({ size: 512n });
  });

  it('has a file name once only, and the last of other values', () => {
    const draft: DeviceDraft = {};
    applyParameter(draft, null, 'filename', '/a');
    expect(() => {
      applyParameter(draft, null, 'filename', '/a');
    }).toThrow(ScstError);
    applyParameter(draft, null, 'size', '1');
    applyParameter(draft, null, 'size_mb', '1');
    expect(draft.size).toBe(1048576n);
  });
});

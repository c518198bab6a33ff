import { describe, expect, it } from 'vitest';
import { parseMountTable, topmostAt } from './mount-table.js';

describe('the mount table', () => {
  it('is parsed: optional fields, subtypes and escapes', () => {
    const text = [
      '24 1 0:22 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw',
      '42 24 0:39 / /mnt/with\\040blank\\011tab rw,nosuid - fuse.scst scst rw,user_id=0',
      '',
    ].join('\n');
    expect(parseMountTable(text)).toEqual([
      { id: 24, parentId: 1, device: '0:22', directory: '/', type: 'ext4', source: '/dev/vda', options: 'rw' },
      { id: 42, parentId: 24, device: '0:39', directory: '/mnt/with blank\ttab', type: 'fuse.scst', source: 'scst', options: 'rw,user_id=0' },
    ]);
  });

  it('passes over lines that are none', () => {
    expect(parseMountTable('nonsense\n1 2 - \n')).toEqual([]);
  });

  it('tells which of several mounts on one directory is on top, in whatever order they are listed', () => {
    const entries = parseMountTable(['3 2 0:3 / /m rw - c c rw', '1 0 0:1 / /m rw - a a rw', '2 1 0:2 / /m rw - b b rw', '4 1 0:4 / /n rw - d d rw'].join('\n'));
    expect(topmostAt(entries, '/m')?.type).toBe('c');
    expect(topmostAt(entries, '/elsewhere')).toBeUndefined();
  });
});

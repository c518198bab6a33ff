import { describe, expect, it } from 'vitest';
import { baseName, isTreePath, joinPath, parentPath, resolveLink } from './paths.js';

describe('paths', () => {
  it('are joined and divided', () => {
    expect(joinPath('targets', 'scst_local/', '', 't')).toBe('targets/scst_local/t');
    expect(baseName('targets/scst_local/')).toBe('scst_local');
    expect(baseName('')).toBe('');
    expect(parentPath('a/b/c')).toBe('a/b');
    expect(parentPath('a')).toBe('');
  });

  it('have no “.”, “..” or NUL', () => {
    expect(['', 'a/b', 'a..b', '...', 'a/'].every(isTreePath)).toBe(true);
    expect(['.', 'a/..', '../a', 'a/./b', 'a\0b'].some(isTreePath)).toBe(false);
  });
});

describe('resolveLink', () => {
  it('finds where the links of a tree lead', () => {
    expect(resolveLink('devices/disk1/handler', '../../handlers/vdisk_fileio')).toBe('handlers/vdisk_fileio');
    expect(resolveLink('targets/d/t/sessions/s/luns', '../../ini_groups/g/luns')).toBe('targets/d/t/ini_groups/g/luns');
    expect(resolveLink('a/b', './c')).toBe('a/c');
    expect(resolveLink('a', '.')).toBe('');
  });

  it('gives nothing for links that leave the tree', () => {
    expect(resolveLink('targets/d/t/sessions/s/host', '../../../../../../../devices/scst_local/s/host3')).toBeUndefined();
    expect(resolveLink('a/b', '/sys/devices')).toBeUndefined();
  });
});

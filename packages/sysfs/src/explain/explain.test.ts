import { describe, expect, it } from 'vitest';
import type { ErrnoName } from '../errno.js';
import { SysfsError } from '../errors.js';
import { encodeName } from '../names.js';
import { explain, withExplanation } from './explain.js';
import { EXPLANATIONS } from './table.js';

const refused = (path: string, errno: ErrnoName, input?: string, at: 'open' | 'transfer' = 'transfer'): SysfsError =>
  new SysfsError({ operation: input === undefined ? 'read' : 'write', path, errno, at, input: input === undefined ? undefined : encodeName(input) });

describe('explain', () => {
  it.each([
    ['targets/scst_local/mgmt', 'EFAULT', 'add_target t', /target or a file of that name/],
    ['targets/scst_local/mgmt', 'EEXIST', 'ADD_SESSION=t s', /another target has a session/],
    ['targets/scst_local/mgmt', 'ENOENT', 'del_target t', /no target of that name/],
    ['targets/scst_local/t/luns/mgmt', 'EEXIST', 'add d 0', /LUN is in use/],
    ['targets/scst_local/t/ini_groups/g/luns/mgmt', 'EEXIST', 'add d 0', /LUN is in use/],
    ['targets/scst_local/t/luns/mgmt', 'EINVAL', 'add d 16384', /0 to 16383/],
    ['targets/scst_local/t/luns/mgmt', 'EINVAL', 'add d 0x4000', /0 to 16383/],
    ['targets/scst_local/t/luns/mgmt', 'EINVAL', 'add d 3', /device is not known/],
    ['targets/scst_local/t/luns/mgmt', 'EINVAL', 'del 3', /no such LUN/],
    ['targets/scst_local/t/rel_tgt_id', 'EBADSLT', '5', /relative target port id/],
    ['targets/scst_local/t/ini_groups/mgmt', 'EBUSY', 'del g', /sessions are in the group/],
    ['handlers/vdisk_fileio/mgmt', 'ENOENT', 'add_device d filename=/x', /backing file does not exist/],
    ['handlers/vdisk_blockio/mgmt', 'ENOTBLK', 'add_device d filename=/x', /not a block device/],
    ['handlers/vdisk_fileio/mgmt', 'EEXIST', 'add_device d', /serial number/],
    ['devices/d/pr_state', 'EBUSY', 'version 1', /exported/],
    ['devices/d/resync_size', 'EMEDIUMTYPE', '1', /not active/],
    ['device_groups/g/target_groups/tg/state', 'EINVAL', 'optimized', /state is not known/],
    ['device_groups/g/devices/mgmt', 'EEXIST', 'add d', /in a device group already/],
    ['targets/scst_local/t/cpu_mask', 'EOVERFLOW', 'f', /processors/],
  ] as const)('%s %s ← %s', (path, errno, input, reason) => {
    expect(explain(refused(path, errno, input)).reason).toMatch(reason);
  });

  it('tells a missing file from a missing backing file', () => {
    expect(explain(refused('handlers/vdisk_fileio/mgmt', 'ENOENT', 'add_target x', 'open')).reason).toBe('there is no such file');
    expect(explain(refused('', 'ENOENT')).reason).toBe('there is no SCST tree');
  });

  it('puts what the error says before the table, and nothing where nothing is known', () => {
    const said = new SysfsError({ operation: 'write', path: 'targets/scst_local/mgmt', errno: 'EFAULT', input: encodeName('add_target t'), reason: 'mine' });
    expect(explain(said)).toMatchObject({ reason: 'mine', hint: expect.any(String) as string });
    const unknown = refused('x', 'EXDEV');
    expect(explain(unknown)).toEqual({ reason: undefined, hint: undefined });
    expect(withExplanation(unknown)).toBe(unknown);
  });

  it('keeps everything else of an error', () => {
    const error = refused('targets/scst_local/t/rel_tgt_id', 'EBADSLT', '5');
    expect(withExplanation(error)).toMatchObject({ code: 'EBADSLT', errno: 57, path: error.path, input: error.input, at: 'transfer', cause: error });
    expect(withExplanation(error).message).toContain('another target has');
  });

  it('has a row that every errno and file reaches first', () => {
    // A row after one that takes the same errno for every file could never be found.
    const general = new Set<ErrnoName>();
    for (const { errno, file, command, when } of EXPLANATIONS) {
      expect(general.has(errno)).toBe(false);
      if (file === undefined && command === undefined && when === undefined) general.add(errno);
    }
  });
});

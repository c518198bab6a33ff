import { describe, expect, it } from 'vitest';
import { standardMemoryTree } from './compliance/index.js';
import { manage } from './mgmt/manage.js';
import { decodeName } from './names.js';
import { placeOf, subtree } from './subtree.js';

describe('subtree', () => {
  it('has the files of a directory under shorter paths', async () => {
    const tree = standardMemoryTree();
    const driver = subtree(tree, 'targets/scst_local');
    await driver.write('mgmt', 'add_target t');
    expect((await driver.list('')).map((entry) => entry.name)).toEqual(['mgmt', 't', 'version']);
    const target = subtree(driver, 't/');
    expect(decodeName(await target.read('sg_tablesize'))).toBe('65535\n');
    expect(await target.stat('')).toMatchObject({ type: 'directory' });
    await target.chmod('comment', 0o600);
    expect(await tree.stat('targets/scst_local/t/comment')).toMatchObject({ mode: 0o600 });
    expect(placeOf(target)).toEqual({ tree, path: 'targets/scst_local/t' });
    await tree.write('handlers/vdisk_nullio/mgmt', 'add_device d');
    expect(await subtree(tree, 'devices/d').readlink('handler')).toBe('../../handlers/vdisk_nullio');
  });

  it('reports its own paths in errors, also of files held open', async () => {
    const tree = standardMemoryTree();
    const driver = subtree(tree, 'targets/scst_local');
    await expect(driver.read('no_such')).rejects.toMatchObject({ code: 'ENOENT', at: 'open', path: 'no_such' });
    await using file = await driver.open('mgmt', 'write');
    await expect(file.write('nonsense')).rejects.toMatchObject({ code: 'EINVAL', path: 'mgmt' });
  });

  it('cannot be left through “..”', async () => {
    await expect(subtree(standardMemoryTree(), 'targets').read('../version')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has its commands explained by where they really are', async () => {
    const driver = subtree(standardMemoryTree(), 'targets/scst_local');
    await driver.write('mgmt', 'add_target t');
    await expect(manage(driver, 'mgmt', 'add_target t')).rejects.toMatchObject({
      code: 'EFAULT',
      path: 'mgmt',
      reason: 'the target driver has a target or a file of that name already',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { checkBlockSize } from './block-size.js';
import { Scst } from './scst.js';

describe('a block size', () => {
  it.each([
    ['1000', 1000, 9, 512],
    [1536, 1536, 10, 1024],
    [4095n, 4095, 11, 2048],
    ['0x3e8', 1000, 9, 512],
    ['01750', 1000, 9, 512],
    [['512', '513'], 513, 9, 512],
  ])('of %s is refused with the size and the shift it would give', (given, size, shift, block) => {
    const hint = `Give ${block} or ${2 * block}.`;
    expect(() => { checkBlockSize(given); }).toThrow(
      expect.objectContaining({ code: 'BAD_ARGUMENT', hint, message: `a block size of ${size} bytes is no power of two: its shift is ${shift}, which gives blocks of ${block} bytes` }),
    );
  });

  it.each([undefined, 512, '4096', 1048576n, '0x1000', '0', '100', '511', 'x', '-1', ''])('of %s is left to SCST', (given) => {
    expect(() => { checkBlockSize(given); }).not.toThrow();
  });

  it('is checked before SCST sees it, and what is written to the tree itself is not', async () => {
    await using scst = await Scst.open({ connect: 'embedded' });
    const handler = scst.handler('vdisk_nullio');
    await expect(handler.add('d1', { blocksize: 1000 })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    await expect(handler.add('d1', { blocksize: 100 })).rejects.toMatchObject({ code: 'EINVAL' });
    expect(await scst.devices()).toEqual([]);
    await scst.tree.write('handlers/vdisk_nullio/mgmt', 'add_device d1 blocksize=1000');
    expect(await scst.device('d1').attributes.get('blocksize')).toBe('512');
  });
});

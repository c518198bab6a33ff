import { existsSync } from 'node:fs';
import { type Scst } from '@scst/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess } from '../durability/server-process.js';
import { TARGET, Workplace } from '../durability/workplace.js';

let place: Workplace;
let server: ServerProcess;
let scst: Scst;

beforeAll(async () => {
  place = await Workplace.create();
  server = await place.serve();
  scst = await place.connect();
});

afterAll(async () => {
  await scst.close();
  expect(await server.stop()).toBe(0);
  await place[Symbol.asyncDispose]();
});

const namesOf = (objects: readonly { name: string }[]): string[] => objects.map(({ name }) => name);

describe('a name', () => {
  it.each([
    ['with a space', 'a b', { name: 'CommandTextError' }, /space.*no quoting/],
    ['with a newline', 'a\nb', { name: 'CommandTextError', message: expect.stringContaining('newline') as string }, undefined],
    ['with “=”', 'a=b', { name: 'CommandTextError', message: expect.stringContaining('“=”') as string }, undefined],
    ['with a slash', 'a/b', { code: 'EINVAL' }, /EINVAL.*handlers\/vdisk_nullio\/mgmt[^]*neither “\/” nor “\.”/],
    ['with a dot', 'a.b', { code: 'EINVAL' }, undefined],
    ['of 65 bytes', 'n'.repeat(65), { code: 'EINVAL' }, undefined],
    ['of 33 letters in 66 bytes', 'д'.repeat(33), { code: 'EINVAL' }, /at most 64 bytes/],
    ['of 300 bytes', 'n'.repeat(300), { code: 'EINVAL' }, undefined],
    ['in UTF-8 that ends in the byte A0', 'à', { name: 'CommandTextError' }, /no-break space/],
  ])('of a device %s is refused with the reason', async (_, name, error, words) => {
    await expect(scst.handler('vdisk_nullio').add(name)).rejects.toMatchObject(error);
    if (words !== undefined) {
      const { exit, stderr } = await place.cli('device', 'add', name, '--handler', 'vdisk_nullio');
      expect(stderr).toMatch(words);
      expect(exit).toBe(1);
    }
    expect(await scst.devices()).toEqual([]);
  });

  it.each(['д'.repeat(32), 'n'.repeat(64), '磁盘-1', 'Ω~%!'])('of a device of any other bytes is kept as it is: %s', async (name) => {
    const device = await scst.handler('vdisk_nullio').add(name);
    expect(namesOf(await scst.devices())).toEqual([name]);
    if (name.startsWith('Ω')) expect((await place.cli('device', 'show', name)).stdout).toContain(name);
    await device.remove();
    expect(await scst.devices()).toEqual([]);
  });

  it('of a target or a group may have slashes, which are shown as “!”, and is then one with the name that has “!”', async () => {
    const target = await scst.driver().addTarget('a/b');
    expect(namesOf(await scst.driver().targets())).toContain('a!b');
    await expect(scst.driver().addTarget('a!b')).rejects.toMatchObject({ code: 'EFAULT' });
    const { exit, stderr } = await place.cli('target', 'add', 'a!b');
    expect([exit, stderr]).toEqual([1, expect.stringContaining('a/b and a!b are the same')]);
    await target.addGroup('g/h');
    expect(namesOf(await target.groups())).toEqual(['g!h']);
    await target.remove();
    expect(namesOf(await scst.driver().targets())).toEqual([TARGET]);
  });

  it('of a target with a space is refused before anything is made', async () => {
    await expect(scst.driver().addTarget('a b')).rejects.toMatchObject({ name: 'CommandTextError' });
    expect((await place.cli('target', 'add', 'a b')).exit).toBe(1);
    expect(namesOf(await scst.driver().targets())).toEqual([TARGET]);
  });

  it('of a target of more than 255 bytes leaves the tree usable', async () => {
    const name = 't'.repeat(300);
    const added = await scst.driver().addTarget(name).then(() => true, () => false);
    expect(namesOf(await scst.driver().targets()).includes(name)).toBe(added);
    if (added) await scst.driver().target(name).remove();
    expect(namesOf(await scst.driver().targets())).toEqual([TARGET]);
    expect((await place.cli('tree')).exit).toBe(0);
  });
});

describe('a LUN', () => {
  it.each([16384, 65536])('of %i is refused with the range there is', async (number) => {
    const device = await scst.handler('vdisk_nullio').add(`null${number}`);
    const { luns } = scst.driver().target(TARGET);
    await expect(luns.add(device.name, number)).rejects.toMatchObject({ code: 'EINVAL' });
    const { exit, stderr } = await place.cli('lun', 'add', TARGET, device.name, String(number));
    expect([exit, stderr]).toEqual([1, expect.stringContaining(`LUN ${number} is over 16383, the highest LUN there is (EINVAL`)]);
    expect(await luns.list()).toEqual([]);
    await luns.add(device.name, 16383);
    expect(await luns.list()).toEqual([{ number: 16383, device: device.name, readOnly: false }]);
    await device.remove({ force: true });
  });

  it.each(['-1', ''])('of “%s” is a wrong command line', async (text) => {
    const { exit, stderr } = await place.cli('lun', 'add', TARGET, 'null1', '--', text);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('is no LUN')]);
  });
});

describe('a block size that is no power of two', () => {
  it.each([
    [1000, 9, 512],
    [1536, 10, 1024],
    [5000, 12, 4096],
  ])('of %i is said with its shift, %i, by API and command line, and nothing is made', async (size, shift, block) => {
    const words = `a block size of ${size} bytes is no power of two: its shift is ${shift}, which gives blocks of ${block} bytes`;
    await expect(scst.handler('vdisk_nullio').add('odd', { blocksize: size })).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message: words });
    if (size === 1000) {
      const { exit, stderr } = await place.cli('device', 'add', 'odd', '--file', place.path('odd.img'), '--create', '1M', '--block-size', String(size));
      expect(stderr).toContain(words);
      expect([1, 2]).toContain(exit);
      expect(existsSync(place.path('odd.img'))).toBe(false);
    }
    expect(await scst.devices()).toEqual([]);
    // What is written to the tree itself is rounded down, as the kernel does it.
    await scst.tree.write('handlers/vdisk_nullio/mgmt', `add_device odd blocksize=${size}`);
    expect(await scst.device('odd').attributes.get('blocksize')).toBe(String(block));
    await scst.device('odd').remove();
  });

  it('of less than 512 is SCST’s to refuse', async () => {
    await expect(scst.handler('vdisk_nullio').add('odd', { blocksize: 100 })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

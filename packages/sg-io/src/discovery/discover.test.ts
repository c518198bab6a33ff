import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceAt, discover } from './discover.js';
import { MadeUpMachine } from './made-up-machine.js';

describe('discover', () => {
  it('finds devices with their facts and nodes, in order of their addresses', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('10:0:0:0', { type: 1, node: 'scsi_tape/nst0', sg: 'sg2' });
    await machine.file('sys/devices/pseudo_0/adapter10/host10/target10:0:0/10:0:0:0/scsi_tape/st0/dev', '9:0\n');
    await machine.addDevice('2:0:1:3', { type: 8, node: 'scsi_changer/sch0' });
    await machine.addDevice('2:0:1:0', { vendor: ' ab', node: 'block/cciss!c0d0', sg: 'sg0', bsg: true, state: 'offline' });
    await machine.file('sys/bus/scsi/devices/host2/uevent', '');
    expect(await discover(machine.roots)).toEqual([
      {
        address: '2:0:1:0', host: 2, channel: 0, id: 1, lun: 0, type: 0, vendor: ' ab', model: 'scsi_debug', revision: '0191', scsiLevel: 8, state: 'offline', timeout: 30_000,
        queueDepth: 192, driver: 'sd', node: join(machine.roots.dev, 'cciss/c0d0'), sg: join(machine.roots.dev, 'sg0'), bsg: join(machine.roots.dev, 'bsg/2:0:1:0'),
        sysfsPath: 'devices/pseudo_0/adapter2/host2/target2:0:1/2:0:1:0',
      },
      expect.objectContaining({ address: '2:0:1:3', node: join(machine.roots.dev, 'sch0'), sg: undefined, bsg: undefined }),
      expect.objectContaining({ address: '10:0:0:0', node: join(machine.roots.dev, 'st0') }),
    ]);
    expect((await discover({ ...machine.roots, host: 10 })).map(({ address }) => address)).toEqual(['10:0:0:0']);
  });

  it('finds nothing where there is no SCSI, and leaves out what is gone', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0');
    await rm(join(machine.roots.sys, 'devices'), { recursive: true });
    expect(await discover(machine.roots)).toEqual([]);
    expect(await discover({ sys: join(machine.root, 'nothing') })).toEqual([]);
  });

  it('stops when told to', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0');
    await expect(discover({ ...machine.roots, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('deviceAt', () => {
  it('finds one device, and takes nothing but an address', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0');
    expect(await deviceAt('0:0:0:0', machine.roots)).toMatchObject({ lun: 0 });
    expect(await deviceAt('0:0:0:1', machine.roots)).toBeUndefined();
    expect(await deviceAt('../0:0:0:0', machine.roots)).toBeUndefined();
  });
});

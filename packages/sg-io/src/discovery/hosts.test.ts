import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deleteDevice, rescanDevice, rescanHost, scsiHosts } from './hosts.js';
import { MadeUpMachine } from './made-up-machine.js';

describe('SCSI hosts', () => {
  it('are listed in order', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addHost(10);
    await machine.addHost(2, 'devices/scst_local/h', { proc_name: '(null)' });
    expect(await scsiHosts(machine.roots)).toEqual([
      { number: 2, driver: undefined, state: 'running', sysfsPath: 'devices/scst_local/h/host2/scsi_host/host2' },
      { number: 10, driver: 'scsi_debug', state: 'running', sysfsPath: 'devices/pseudo_0/adapter10/host10/scsi_host/host10' },
    ]);
  });

  it('are scanned, as a whole or in part', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addHost(0, undefined, { scan: '     ' });
    const scan = (): Promise<string> => readFile(join(machine.roots.sys, 'class/scsi_host/host0/scan'), 'utf8');
    await rescanHost(0, machine.roots);
    expect(await scan()).toMatch(/^- - -/u);
    await rescanHost(0, { ...machine.roots, id: 3, lun: 7 });
    expect(await scan()).toMatch(/^- 3 7/u);
    await expect(rescanHost(1, machine.roots)).rejects.toMatchObject({ name: 'DiscoveryError', code: 'NOT_FOUND', message: 'there is no SCSI host 1' });
  });

  it('have devices that are asked anew and deleted', async () => {
    await using machine = await MadeUpMachine.create();
    await machine.addDevice('0:0:0:0');
    const attribute = (name: string): Promise<string> => readFile(join(machine.roots.sys, 'bus/scsi/devices/0:0:0:0', name), 'utf8');
    await rescanDevice('0:0:0:0', machine.roots);
    expect(await attribute('rescan')).toMatch(/^1/u);
    await deleteDevice('0:0:0:0', machine.roots);
    expect(await attribute('delete')).toMatch(/^1/u);
    await expect(deleteDevice('9:0:0:0', machine.roots)).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'there is no SCSI device 9:0:0:0' });
    await expect(deleteDevice('../../x', machine.roots)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

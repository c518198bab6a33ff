import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coreConnection, createCore } from '../embedded.js';
import { Scst } from '../scst.js';
import { diagnose } from './diagnose.js';
import { type Finding } from './finding.js';

let scst: Scst;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-doctor-'));
  scst = await Scst.open({ connect: 'embedded' });
});
afterEach(async () => {
  await scst.close();
  await rm(directory, { recursive: true });
});

const found = (findings: readonly Finding[]): string[] => findings.map(({ severity, code, subject }) => `${severity} ${code} ${subject}`);

/** A file device as LUN 0 of the default target. */
const exportDisk = async (): Promise<string> => {
  const file = join(directory, 'disk1.img');
  await writeFile(file, new Uint8Array(1 << 20));
  await scst.handler('vdisk_fileio').add('disk1', { filename: file });
  await scst.driver().target('scst_local_tgt').luns.add('disk1', 0);
  return file;
};

describe('diagnose', () => {
  it('finds nothing where all is well', async () => {
    await exportDisk();
    expect(await diagnose(scst)).toEqual([]);
  });

  it('finds a backing file that is gone', async () => {
    const file = await exportDisk();
    await rm(file);
    const [finding] = await diagnose(scst);
    expect(finding).toMatchObject({ code: 'missing-file', severity: 'warning', subject: 'disk1', message: `the file ${file} of the device disk1 is not there` });
  });

  it('finds a backing file that has become shorter', async () => {
    const file = await exportDisk();
    await truncate(file, 4096);
    expect(await diagnose(scst)).toMatchObject([{ code: 'short-file', severity: 'error', subject: 'disk1', message: expect.stringContaining(`the file ${file} of the device disk1 has 4096 bytes, the device 1048576`) as string }]);
    await scst.device('disk1').attributes.set('resync_size', 1);
    expect(await diagnose(scst)).toEqual([]);
  });

  it('finds devices that write to one file, be it by another name', async () => {
    const file = await exportDisk();
    await symlink(file, join(directory, 'other.img'));
    const second = await scst.handler('vdisk_fileio').add('disk2', { filename: join(directory, 'other.img') });
    await scst.handler('vdisk_fileio').add('reader', { filename: file, read_only: 1 });
    expect(await diagnose(scst)).toMatchObject([{ code: 'shared-file', severity: 'error', message: expect.stringMatching(/^the devices disk[12], disk[12] all write to the file /u) as string }]);
    await second.attributes.set('active', 0);
    expect(await diagnose(scst)).toEqual([]);
  });

  it('finds a black hole, and LUNs without LUN 0, the worse one first', async () => {
    await exportDisk();
    const target = scst.driver().target('scst_local_tgt');
    await target.luns.remove(0);
    await target.luns.add('disk1', 3);
    await target.attributes.set('black_hole', 1);
    const findings = await diagnose(scst);
    expect(found(findings).filter((text) => !text.includes('lun-not-found'))).toEqual(['warning black-hole targets/scst_local/scst_local_tgt', 'note no-lun-0 targets/scst_local/scst_local_tgt/luns']);
  });

  it('finds a forgotten suspension', async () => {
    await scst.attributes.set('suspend', 0);
    await scst.attributes.set('suspend', 0);
    expect(await diagnose(scst)).toMatchObject([{ code: 'suspended', severity: 'warning', message: 'commands are suspended, 2 times over: no session gets an answer' }]);
    await scst.attributes.set('suspend', -1);
    await scst.attributes.set('suspend', -1);
    expect(await diagnose(scst)).toEqual([]);
  });

  it('finds a SCSI device that is exported without a handler, and is quiet once it has one', async () => {
    await scst.handler('vdisk_nullio').add('behind');
    await scst.driver().target('scst_local_tgt').luns.add('behind', 0);
    const unit = await scst.driver().target('scst_local_tgt').session('scst_local_host').open(0);
    const core = createCore({ stateDirectory: directory });
    for (const module of ['scst', 'scst_local', 'scst_disk']) await core.modules.load(module);
    core.addScsiDevice({ hctl: '3:0:0:1', type: 0, logicalUnit: unit, sysfsPath: 'devices/pci/host3/target3:0:0/3:0:0:1/scsi_device/3:0:0:1' });
    await using other = Scst.over(coreConnection(core, () => core.close()));
    const { luns } = other.driver().target('scst_local_tgt');
    // One that nobody sees does no harm.
    expect(await diagnose(other)).toEqual([]);
    await luns.add('3:0:0:1', 0);
    const findings = await diagnose(other);
    expect(findings[0]).toMatchObject({ code: 'no-handler', severity: 'warning', subject: '3:0:0:1', message: expect.stringContaining('the device 3:0:0:1 is exported without a handler') as string });
    // No initiator gets an answer of it, so it is nobody's disk.
    expect(findings.slice(1).map(({ code }) => code)).toEqual(['lun-not-found']);
    await luns.remove(0);
    await other.handler('dev_disk').add('3:0:0:1');
    await luns.add('3:0:0:1', 0);
    expect(await diagnose(other)).toEqual([]);
    await core.removeScsiDevice('3:0:0:1');
    await unit.close();
  });
});

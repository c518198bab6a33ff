import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
});

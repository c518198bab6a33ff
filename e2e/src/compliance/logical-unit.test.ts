import { mkdtemp, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage, ScstCore } from '@scst/core';
import { serveCore } from '@scst/local';
import { connect, type RemoteConnection, type RemoteServer } from '@scst/remote';
import { logicalUnitCompliance } from '@scst/scsi/compliance';
import { afterAll, beforeAll, describe, it } from 'vitest';

/** Devices by the file behind them: the stores a device's data can be kept in. The LUN is the place in the list. */
const DISKS = [
  { name: 'file', handler: 'vdisk_fileio', parameters: '' },
  { name: 'blocks4k', handler: 'vdisk_fileio', parameters: 'blocksize=4096' },
  { name: 'thin', handler: 'vdisk_fileio', parameters: 'nv_cache=1; thin_provisioned=1' },
  { name: 'block', handler: 'vdisk_blockio', parameters: '' },
] as const;

const SIZE = 4 << 20;

/** A nexus of the core is a LogicalUnit, and stays one on its way through the socket. */
describe('a nexus of the core', () => {
  let directory = '';
  let core: ScstCore;
  let server: RemoteServer;
  let connection: RemoteConnection;

  beforeAll(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'scst-compliance-')));
    const stateDirectory = join(directory, 'state');
    const storage = new NodeStorage({ stateDirectory });
    storage.addBlockDevice({ path: '/dev/compliance', file: join(directory, 'block'), logicalBlockSize: 512, physicalBlockSize: 4096, discardGranularity: 4096, discardMaxBytes: SIZE });
    core = new ScstCore({ storage, stateDirectory, scan: 'manual' });
    for (const name of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(name);
    for (const [lun, { name, handler, parameters }] of DISKS.entries()) {
      await writeFile(join(directory, name), '');
      await truncate(join(directory, name), SIZE);
      const filename = handler === 'vdisk_blockio' ? '/dev/compliance' : join(directory, name);
      await core.tree.write(`handlers/${handler}/mgmt`, `add_device ${name} filename=${filename};${parameters}`);
      await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', `add ${name} ${lun}`);
    }
    server = await serveCore(core, { socket: join(directory, 'socket') });
    connection = await connect(server.socket);
  });

  afterAll(async () => {
    await connection.close();
    await server.close();
    await core.close();
    await rm(directory, { recursive: true, force: true });
  });

  for (const [lun, { name, handler }] of DISKS.entries()) {
    describe(`of ${handler} ${name}, in memory`, () => {
      for (const { name: rule, run } of logicalUnitCompliance(() => core.nexus('scst_local_tgt', 'scst_local_host', lun))) it(rule, run);
    });
    describe(`of ${handler} ${name}, through the socket`, () => {
      for (const { name: rule, run } of logicalUnitCompliance(() => connection.lun('scst_local_tgt', 'scst_local_host', lun))) it(rule, run);
    });
  }
});

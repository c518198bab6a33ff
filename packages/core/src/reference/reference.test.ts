import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogicalUnit } from '@scst/scsi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScstCore } from '../core.js';
import { NodeStorage } from '../store/node-storage.js';
import { attributesDocument } from './attributes.js';
import { commandsDocument } from './commands.js';
import { modePagesDocument } from './mode-pages.js';

const TARGET = 'targets/scst_local/disks';
const GROUP = 'device_groups/group';

/** Every kind of object, one of each. */
const PLACES = [
  { title: 'Root', path: '' },
  { title: 'Handler', path: 'handlers/vdisk_fileio' },
  { title: 'Device of vdisk_fileio', path: 'devices/file' },
  { title: 'Device of vdisk_nullio', path: 'devices/null' },
  { title: 'Device of vcdrom', path: 'devices/cd' },
  { title: 'Target driver', path: 'targets/scst_local' },
  { title: 'Target', path: TARGET },
  { title: 'LUNs of a target or group', path: `${TARGET}/luns` },
  { title: 'LUN', path: `${TARGET}/luns/0` },
  { title: 'Group', path: `${TARGET}/ini_groups/web` },
  { title: 'Initiators of a group', path: `${TARGET}/ini_groups/web/initiators` },
  { title: 'Session', path: `${TARGET}/sessions/host1` },
  { title: 'LUN of a session', path: `${TARGET}/sessions/host1/lun0` },
  { title: 'Device group', path: GROUP },
  { title: 'Devices of a device group', path: `${GROUP}/devices` },
  { title: 'Target groups of a device group', path: `${GROUP}/target_groups` },
  { title: 'Target group', path: `${GROUP}/target_groups/near` },
  { title: 'Memory', path: 'sgv' },
];

let directory: string;
let core: ScstCore;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scst-reference-'));
  await writeFile(join(directory, 'disk'), new Uint8Array(1024 * 1024));
  core = new ScstCore({ storage: new NodeStorage({ stateDirectory: directory }), stateDirectory: directory, cpus: 1 });
  for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module, module === 'scst_local' ? { add_default_tgt: '0' } : {});
  const { tree } = core;
  await tree.write('handlers/vdisk_fileio/mgmt', `add_device file filename=${join(directory, 'disk')}`);
  await tree.write('handlers/vdisk_nullio/mgmt', 'add_device null');
  await tree.write('handlers/vcdrom/mgmt', 'add_device cd');
  await tree.write('targets/scst_local/mgmt', 'add_target disks session_name=host1');
  for (const [number, device] of ['file', 'null', 'cd'].entries()) await tree.write(`${TARGET}/luns/mgmt`, `add ${device} ${number}`);
  await tree.write(`${TARGET}/ini_groups/mgmt`, 'create web');
  await tree.write(`${TARGET}/ini_groups/web/initiators/mgmt`, 'add web-*');
  await tree.write('device_groups/mgmt', 'create group');
  await tree.write(`${GROUP}/devices/mgmt`, 'add null');
  await tree.write(`${GROUP}/target_groups/mgmt`, 'create near');
  await tree.write(`${GROUP}/target_groups/near/mgmt`, 'add disks');
  await core.settled();
});
afterAll(async () => {
  await core.close();
  await rm(directory, { recursive: true });
});

describe('the reference pages say what the tables say; `npm run docs:reference -w @scst/core` writes them anew', () => {
  it('of commands', async () => {
    await expect(commandsDocument()).toMatchFileSnapshot('../../../../docs/reference/commands.md');
  });

  it('of attributes', async () => {
    const text = await attributesDocument(core.tree, PLACES);
    expect(text).not.toContain(directory);
    await expect(text).toMatchFileSnapshot('../../../../docs/reference/attributes.md');
  });

  it('of mode pages', async () => {
    const units = new Map<string, LogicalUnit>();
    // An empty drive answers nothing.
    await core.tree.write('devices/cd/filename', join(directory, 'disk'));
    await core.settled();
    for (const [number, name] of ['Disks (vdisk_fileio)', 'Disks (vdisk_nullio)', 'CD-ROMs (vcdrom)'].entries()) {
      const unit = core.nexus('disks', 'host1', number);
      // A new nexus has unit attentions, and so has a drive with another medium.
      for (let attempt = 0; attempt < 3; attempt++) await unit.execute({ cdb: new Uint8Array(6) });
      units.set(name, unit);
    }
    await expect(await modePagesDocument(units)).toMatchFileSnapshot('../../../../docs/reference/mode-pages.md');
  });
});

// A backing store of one's own: vdisk_fileio on files that are encrypted. What SCST does with a disk, reservations and caches and unit
// attentions, stays as it is; only where the blocks are kept is new. The store itself is encrypted-store.mjs.
//
//   node examples/own-store/main.mjs
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage, ScstCore } from '@scst/core';
import { read, write } from '@scst/scsi';
import { EncryptedStore } from './encrypted-store.mjs';

const directory = await mkdtemp(join(tmpdir(), 'scst-example-'));
const key = randomBytes(64);

/** Files of this machine, those called .crypt encrypted. */
class EncryptingStorage extends NodeStorage {
  async open(path, options) {
    const store = await super.open(path, options);
    return path.endsWith('.crypt') ? new EncryptedStore(store, key) : store;
  }
}

const filename = join(directory, 'disk.crypt');
const file = await open(filename, 'w');
await file.truncate(1024 * 1024);
await file.close();

const core = new ScstCore({ storage: new EncryptingStorage({ stateDirectory: directory }), stateDirectory: directory });
for (const module of ['scst', 'scst_vdisk', 'scst_local']) await core.modules.load(module);
await core.tree.write('handlers/vdisk_fileio/mgmt', `add_device secret filename=${filename}`);
await core.tree.write('targets/scst_local/scst_local_tgt/luns/mgmt', 'add secret 0');

const lun = core.nexus('scst_local_tgt', 'scst_local_host', 0);
// The first command of a nexus is told that it is new; a REQUEST SENSE would do as well.
await lun.execute({ cdb: new Uint8Array(6) });
await write(lun, { lba: 4n, data: Buffer.from('nobody reads this'.padEnd(512, '.')), blockLength: 512 });
console.log(`through SCSI:  ${Buffer.from(await read(lun, { lba: 4n, blocks: 1, blockLength: 512 })).toString('latin1', 0, 17)}`);
await lun.close();
await core.close();

const kept = (await readFile(filename)).subarray(4 * 512, 5 * 512);
console.log(`in the file:   ${kept.includes('nobody') ? 'the same' : 'something else'}`);
await rm(directory, { recursive: true });

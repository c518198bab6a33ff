// Makes a disk of a file, exports it, finds it as its initiator does, writes, reads back, and clears everything away.
//
//   node examples/create-a-disk/main.mjs            an SCST in this process
//   node examples/create-a-disk/main.mjs kernel     the kernel's (as root); or the socket of `scst-local serve`
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scst } from '@scst/local';
import { inquiry, read, readCapacity, write } from '@scst/scsi';

const directory = await mkdtemp(join(tmpdir(), 'scst-example-'));
const filename = join(directory, 'disk.img');
const file = await open(filename, 'w');
await file.truncate(64 * 1024 * 1024);
await file.close();

const scst = await Scst.open({ connect: process.argv[2] ?? 'embedded' });
try {
  // A device is a file under a name; a target shows it to initiators as a LUN; a session of scst_local is an initiator on this machine.
  const device = await scst.handler('vdisk_fileio').add('example_disk', { filename });
  const target = await scst.driver('scst_local').addTarget('example_target', { sessions: ['example_initiator'] });
  await target.luns.add('example_disk', 0);

  const [session] = await target.sessions();
  const [found] = await session.devices();
  console.log(`found ${found.vendor} ${found.model} at ${found.address}`);

  const lun = await session.open(0);
  const { productIdentification } = await inquiry(lun);
  const { lastLba, blockLength } = await readCapacity(lun);
  console.log(`${productIdentification} has ${lastLba + 1n} blocks of ${blockLength} bytes`);

  await write(lun, { lba: 8n, data: Buffer.from('written through SCSI'.padEnd(blockLength, '.')), blockLength });
  const block = await read(lun, { lba: 8n, blocks: 1, blockLength });
  console.log(`block 8: ${Buffer.from(block).toString().replaceAll('.', '')}`);

  // What is in use is not taken away: close first, from the inside out.
  await lun.close();
  await target.remove();
  await device.remove();
} finally {
  await scst.close();
  await rm(directory, { recursive: true });
}
console.log('cleared away');

// Shows different LUNs to different initiators of one target: groups of initiator names, each with LUNs of its own.
//
//   node examples/lun-masking/main.mjs
import { Scst } from '@scst/local';
import { reportLuns } from '@scst/scsi';

const scst = await Scst.open({ connect: 'embedded' });
for (const name of ['system', 'data', 'backup']) await scst.handler('vdisk_nullio').add(name, { size_mb: 64 });

// Whoever no group names sees the target's own LUNs: here none.
const target = await scst.driver().addTarget('storage');

const web = await target.addGroup('web');
await web.initiators.add('web-*');
await web.luns.add('system', 0, { readOnly: true });
await web.luns.add('data', 1);

const backup = await target.addGroup('backup');
await backup.initiators.add('backup');
await backup.luns.add('data', 0, { readOnly: true });
await backup.luns.add('backup', 1);

for (const initiator of ['web-1', 'web-2', 'backup', 'stranger']) {
  const session = await target.addSession(initiator);
  const lun = await session.open(0);
  // LUN 0 answers REPORT LUNS even where there is none.
  const { luns } = await reportLuns(lun);
  await lun.close();
  const seen = await Promise.all((await session.devices()).map(async ({ lun: number, model }) => `LUN ${number} = ${model}`));
  console.log(`${initiator}: group ${(await session.group()) ?? 'none'}, ${seen.length === 0 ? 'nothing' : seen.join(', ')} (REPORT LUNS: ${luns.length})`);
}

// A name that moves takes its sessions with it, at once.
await web.initiators.add('stranger');
console.log(`stranger: group ${await target.session('stranger').group()}`);
await scst.close();

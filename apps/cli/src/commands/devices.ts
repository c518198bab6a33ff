import { formatLsscsi, formatProcScsi } from '@scst/scsi';
import { type Command, Option } from 'commander';
import { resolveSession } from '../address/resolve.js';
import { type Context } from '../context.js';
import { annotate, argument } from '../definition.js';
import { formatDevicesTable } from '../output/scsi-devices.js';
import { viewScsiDevice } from '../survey/scsi-device.js';

export const addDevicesCommand = (program: Command, context: Context): void => {
  const command = program
    .command('devices')
    .description('list the SCSI devices that the sessions see on this machine')
    .addArgument(argument('[session]', 'those of one session: TARGET/SESSION', 'session'))
    .addOption(new Option('--format <format>', 'how to print them').choices(['table', 'lsscsi', 'proc', 'json']).default('table'))
    .action(async (address: string | undefined, { format }: { format: string }) => {
      await context.withScst(async (scst) => {
        const devices = await (address === undefined ? scst.scsiDevices({ signal: context.signal }) : (await resolveSession(scst, address)).devices({ signal: context.signal }));
        const views = devices.map(viewScsiDevice);
        if (context.json || format === 'json') context.out.json(views);
        else if (format === 'proc') context.result(views, formatProcScsi(views));
        else if (format === 'lsscsi') context.result(views, formatLsscsi(views));
        else context.result(views, formatDevicesTable(views, (text) => context.out.style('bold', text)));
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local devices --format lsscsi', does: 'as lsscsi -g prints them' },
      { command: 'scst-local devices --format proc', does: 'as cat /proc/scsi/scsi prints them' },
      { command: 'scst-local devices scst_local_tgt/scst_local_host', does: 'those of one session' },
    ],
  });
};

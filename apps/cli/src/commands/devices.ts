import { type Scst, type ScsiDevice } from '@scst/local';
import { formatLsscsi, formatProcScsi } from '@scst/scsi';
import { type Command, Option } from 'commander';
import { resolveSession } from '../address/resolve.js';
import { type Context } from '../context.js';
import { annotate, argument } from '../definition.js';
import { usageError } from '../errors.js';
import { formatDevicesTable } from '../output/scsi-devices.js';
import { type ScsiDeviceView, viewScsiDevice } from '../survey/scsi-device.js';
import { surveyDrivers } from '../survey/target.js';

interface DevicesFlags {
  format: string;
  all?: boolean;
}

export const addDevicesCommand = (program: Command, context: Context): void => {
  const command = program
    .command('devices')
    .description('list the SCSI devices that the sessions see on this machine')
    .addArgument(argument('[session]', 'those of one session: TARGET/SESSION', 'session'))
    .option('--all', 'those of this machine that are not SCST’s as well, and which session each one is of')
    .addOption(new Option('--format <format>', 'how to print them').choices(['table', 'lsscsi', 'proc', 'json']).default('table'))
    .action(async (address: string | undefined, { format, all = false }: DevicesFlags) => {
      if (all && address !== undefined) throw usageError('--all lists the devices of all sessions');
      await context.withScst(async (scst) => {
        const devices = await (all ? everyDevice(scst, context) : sessionDevices(scst, address, context));
        if (context.json || format === 'json') context.out.json(devices);
        else if (format === 'proc') context.result(devices, formatProcScsi(devices));
        else if (format === 'lsscsi') context.result(devices, formatLsscsi(devices));
        else context.result(devices, formatDevicesTable(devices, context.out.bold, { sessions: all }));
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local devices --format lsscsi', does: 'as lsscsi -g prints them' },
      { command: 'scst-local devices --format proc', does: 'as cat /proc/scsi/scsi prints them' },
      { command: 'scst-local devices --all', does: 'the machine’s own disks and tapes too' },
      { command: 'scst-local devices scst_local_tgt/scst_local_host', does: 'those of one session' },
    ],
  });
};

const sessionDevices = async (scst: Scst, address: string | undefined, { signal }: Context): Promise<ScsiDeviceView[]> => {
  const devices = await (address === undefined ? scst.scsiDevices({ signal }) : (await resolveSession(scst, address)).devices({ signal }));
  return devices.map(viewScsiDevice);
};

/** A SCSI device, and the session it is of: null for the machine's own. */
type OwnedDevice = ScsiDeviceView & { readonly session: string | null };

/** SCST's devices and the machine's. The kernel's SCST has its devices among the machine's; a user-space one has them beside. */
const everyDevice = async (scst: Scst, { signal }: Context): Promise<OwnedDevice[]> => {
  const [own, machine, drivers] = await Promise.all([scst.scsiDevices({ signal }), scst.machineDevices({ signal }), surveyDrivers(scst)]);
  const sessions = new Map(drivers.flatMap(({ targets }) => targets.flatMap((target) => target.sessions.flatMap(({ name, host }) => (host === undefined ? [] : [[host, `${target.name}/${name}`] as const])))));
  const ofSession = (device: ScsiDevice): OwnedDevice => ({ ...viewScsiDevice(device), session: sessions.get(device.host) ?? null });
  if (scst.kind === 'kernel') return machine.map(ofSession);
  return [...own.map(ofSession), ...machine.map((device) => ({ ...viewScsiDevice(device), session: null }))];
};

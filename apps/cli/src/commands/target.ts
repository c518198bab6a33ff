import { type Command } from 'commander';
import { type DriverOption, driverOption, TARGET_TEXT } from '../address/options.js';
import { placeOf } from '../address/place.js';
import { resolveTarget, splitDriver, targetHandle } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument, asGiven, collect, option } from '../definition.js';
import { attributesJson, attributesTable } from '../output/attributes.js';
import { formatBranches } from '../output/branches.js';
import { formatTable } from '../output/table.js';
import { surveyDirectory } from '../survey/attributes.js';
import { surveyDevices } from '../survey/device.js';
import { surveyDriversOf, surveyTarget, type TargetView } from '../survey/target.js';
import { addAttributesCommand } from './attributes-command.js';
import { targetBranch } from './tree.js';

export const addTargetCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'target', 'add, remove, list and change targets');
  addAdd(family, context);
  addRemove(family, context);
  addList(family, context);
  addShow(family, context);
  addAttributesCommand(family, context, {
    whose: 'a target’s',
    address: argument('<target>', TARGET_TEXT, 'target'),
    options: [driverOption()],
    examples: [{ command: 'scst-local target set disks rel_tgt_id=7 scsi_transport_version=0x0960', does: 'look like an iSCSI target with port id 7' }],
    find: async (scst, name, driver) => {
      const target = await resolveTarget(scst, name, driver);
      return { attributes: target.attributes, place: placeOf({ target }) };
    },
  });
};

const addAdd = (family: Command, context: Context): void => {
  const command = family
    .command('add')
    .description('add a target')
    .argument('<name>', TARGET_TEXT)
    .option('-s, --session <name>', 'add a session to it; may be given several times', collect(asGiven))
    .addOption(driverOption())
    .action(async (name: string, { session: sessions = [], driver: driverName }: DriverOption & { session?: readonly string[] }) => {
      await context.withScst(async (scst) => {
        const { driver, rest } = await splitDriver(scst, name, driverName);
        const target = await scst.driver(driver).addTarget(rest, { sessions, signal: context.signal });
        context.result({ driver, target: target.name, sessions }, '');
      });
    });
  annotate(command, {
    text: ['Session names are unique over all targets of scst_local.'],
    examples: [{ command: 'scst-local target add disks --session host1 --session host2', does: 'a target with two sessions, each a SCSI host of this machine' }],
  });
};

const addRemove = (family: Command, context: Context): void => {
  const command = family
    .command('remove')
    .description('remove a target with its sessions, LUNs and groups')
    .addArgument(argument('<target>', TARGET_TEXT, 'target'))
    .option('--force', 'even while its sessions are in use; waits until their SCSI devices are closed')
    .addOption(driverOption())
    .action(async (name: string, { force = false, driver }: DriverOption & { force?: boolean }) => {
      await context.withScst(async (scst) => {
        const target = await targetHandle(scst, name, driver);
        await target.remove({ unlessUsed: !force, signal: context.signal });
        context.result(placeOf({ target }), '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local target remove disks', does: 'refused while commands are active or a SCSI device is open, mounted, swapped to or part of another' }] });
};

const addList = (family: Command, context: Context): void => {
  const command = family
    .command('list')
    .description('list targets')
    .addOption(option('--driver <name>', 'those of one driver', 'driver'))
    .action(async ({ driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const targets = (await surveyDriversOf(scst, driver)).flatMap((view) => view.targets);
        context.result(targets.map(countTarget), targetsTable(targets, context.out.bold));
      });
    });
  annotate(command, { examples: [{ command: 'scst-local target list', does: 'targets, and how many LUNs, groups and sessions they have' }] });
};

type TargetCount = {
  readonly driver: string;
  readonly target: string;
  readonly luns: number;
  readonly groups: number;
  readonly sessions: number;
};

const countTarget = ({ driver, name, luns, groups, sessions }: TargetView): TargetCount => ({
  driver,
  target: name,
  luns: luns.length,
  groups: groups.length,
  sessions: sessions.length,
});

const targetsTable = (targets: readonly TargetView[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'DRIVER' }, { heading: 'TARGET' }, { heading: 'LUNS', align: 'right' }, { heading: 'GROUPS', align: 'right' }, { heading: 'SESSIONS', align: 'right' }],
    targets.map(countTarget).map(({ driver, target, luns, groups, sessions }) => [driver, target, String(luns), String(groups), String(sessions)]),
    bold,
  );

const addShow = (family: Command, context: Context): void => {
  const command = family
    .command('show')
    .description('show a target’s attributes and what is below it')
    .addArgument(argument('<target>', TARGET_TEXT, 'target'))
    .addOption(driverOption())
    .action(async (name: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const target = await resolveTarget(scst, name, driver);
        const [{ attributes }, view, devices] = await Promise.all([
          surveyDirectory(scst.tree, target.path),
          scst.scsiDevices().then((scsiDevices) => surveyTarget(target, scsiDevices)),
          surveyDevices(scst),
        ]);
        const { bold } = context.out;
        const branches = formatBranches([targetBranch(view, new Map(devices.map((device) => [device.name, device])), { bold, dim: (text) => context.out.style('dim', text) })]);
        context.result({ ...view, attributes: attributesJson(attributes) }, `${branches.join('\n')}\n\n${attributesTable(attributes, bold)}`);
      });
    });
  annotate(command, { examples: [{ command: 'scst-local target show scst_local_tgt', does: 'its LUNs, groups, sessions and attributes' }] });
};

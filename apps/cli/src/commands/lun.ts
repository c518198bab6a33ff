import { type Command } from 'commander';
import { type DriverOption, driverOption, LUN_SET_TEXT } from '../address/options.js';
import { parseAssignments } from '../address/parameters.js';
import { placeOf } from '../address/place.js';
import { parseLun, type ResolvedLunSet, resolveLunSet } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument } from '../definition.js';
import { CliError, usageError } from '../errors.js';
import { formatTable } from '../output/table.js';
import { type DeviceView, surveyDevice } from '../survey/device.js';
import { type LunView } from '../survey/target.js';
import { formatSize } from '../output/size.js';

export const addLunCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'lun', 'add, remove, list and replace the LUNs of targets and groups');
  addAdd(family, context);
  addRemove(family, context);
  addList(family, context);
  addShow(family, context);
  addSet(family, context);
  addClear(family, context);
};

const address = (): ReturnType<typeof argument> => argument('<target>', LUN_SET_TEXT, 'lun-set');

type ForceOption = DriverOption & { force?: boolean };

const lunNumber = (text: string): number => {
  const number = parseLun(text);
  if (number === undefined) throw usageError(`“${text}” is no LUN`, 'LUNs are numbers from 0 to 16383.');
  return number;
};

const addAdd = (family: Command, context: Context): void => {
  const command = family
    .command('add')
    .description('export a device under a number')
    .addArgument(address())
    .addArgument(argument('<device>', 'the device', 'device'))
    .argument('[number]', '0 to 16383 (default: the lowest free one)', lunNumber)
    .option('--read-only', 'initiators cannot write through this LUN')
    .addOption(driverOption())
    .action(async (name: string, device: string, number: number | undefined, { readOnly = false, driver }: DriverOption & { readOnly?: boolean }) => {
      await context.withScst(async (scst) => {
        const set = await resolveLunSet(scst, name, driver);
        const lun = number ?? lowestFree((await set.luns.list()).map((mapped) => mapped.number));
        await set.luns.add(device, lun, { readOnly, signal: context.signal });
        context.result({ ...placeOf(set), lun, device, readOnly }, number === undefined ? `LUN ${lun}\n` : '');
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local lun add scst_local_tgt disk1 0', does: 'for initiators that no group names' },
      { command: 'scst-local lun add disks/backup disk1 0 --read-only', does: 'for the initiators of the group backup' },
    ],
  });
};

const lowestFree = (used: readonly number[]): number => {
  const taken = new Set(used);
  let number = 0;
  while (taken.has(number)) number += 1;
  return number;
};

const addRemove = (family: Command, context: Context): void => {
  const command = family
    .command('remove')
    .description('stop exporting a LUN')
    .addArgument(address())
    .argument('<number>', 'the LUN', lunNumber)
    .option('--force', 'even while its SCSI devices are in use')
    .addOption(driverOption())
    .action(async (name: string, number: number, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const set = await resolveLunSet(scst, name, driver);
        await set.luns.remove(number, { unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(set), lun: number }, '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local lun remove scst_local_tgt 0', does: 'refused while a session’s SCSI device of it is in use; sessions are told that their LUNs have changed' }] });
};

const addList = (family: Command, context: Context): void => {
  const command = family
    .command('list')
    .description('list the LUNs of a target or of a group')
    .addArgument(address())
    .addOption(driverOption())
    .action(async (name: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const { luns } = await resolveLunSet(scst, name, driver);
        const views = await Promise.all(
          (await luns.list()).map(async ({ number, device, readOnly }): Promise<ListedLun> => ({ lun: number, device, readOnly, view: await surveyDevice(scst.device(device)) })),
        );
        context.result(
          views.map(({ lun, device, readOnly }) => ({ lun, device, readOnly })),
          lunsTable(views, context.out.bold),
        );
      });
    });
  annotate(command, { examples: [{ command: 'scst-local lun list disks/backup', does: 'what the initiators of that group see' }] });
};

type ListedLun = LunView & { readonly view: DeviceView };

const lunsTable = (luns: readonly ListedLun[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'LUN', align: 'right' }, { heading: 'DEVICE' }, { heading: 'ACCESS' }, { heading: 'SIZE', align: 'right' }, { heading: 'FILE' }],
    luns.map(({ lun, device, readOnly, view: { size, file } }) => [
      String(lun),
      device,
      readOnly ? 'read-only' : 'read-write',
      size === undefined ? '-' : formatSize(size),
      file ?? '-',
    ]),
    bold,
  );

const addShow = (family: Command, context: Context): void => {
  const command = family
    .command('show')
    .description('show one LUN')
    .addArgument(address())
    .argument('<number>', 'the LUN', lunNumber)
    .addOption(driverOption())
    .action(async (name: string, number: number, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const set = await resolveLunSet(scst, name, driver);
        const lun = await findLun(set, number);
        const view = await surveyDevice(scst.device(lun.device));
        const access = lun.readOnly ? 'read-only' : 'read-write';
        context.result({ ...placeOf(set), lun: number, readOnly: lun.readOnly, device: view }, [
          `LUN ${number}: ${lun.device}, ${access}`,
          `handler  ${view.handler ?? '-'}`,
          `size     ${view.size === undefined ? '-' : `${formatSize(view.size)} (${view.size} bytes)`}`,
          `file     ${view.file ?? '-'}`,
        ]);
      });
    });
  annotate(command, { examples: [{ command: 'scst-local lun show scst_local_tgt 0', does: 'its device, handler, size and file' }] });
};

/** A set of LUNs, for people. */
const nameOf = ({ target, group }: Pick<ResolvedLunSet, 'target' | 'group'>): string => (group === undefined ? `target ${target.name}` : `group ${group.name} of target ${target.name}`);

const findLun = async ({ luns, target, group }: ResolvedLunSet, number: number): Promise<{ device: string; readOnly: boolean }> => {
  const found = (await luns.list()).find((lun) => lun.number === number);
  if (found !== undefined) return found;
  throw new CliError('REFUSED', `${nameOf({ target, group })} has no LUN ${number}`);
};

const addSet = (family: Command, context: Context): void => {
  const command = family
    .command('set')
    .description('put another device under a LUN, or change its access')
    .addArgument(address())
    .argument('<number>', 'the LUN', lunNumber)
    .argument('<changes...>', 'device=NAME, read_only=0 or read_only=1')
    .option('--quiet', 'raise no unit attention on the sessions that see it')
    .option('--force', 'even while its SCSI devices are in use')
    .addOption(driverOption())
    .action(async (name: string, number: number, words: string[], { quiet = false, force = false, driver }: ForceOption & { quiet?: boolean }) => {
      const changes = parseChanges(words);
      await context.withScst(async (scst) => {
        const set = await resolveLunSet(scst, name, driver);
        const before = await findLun(set, number);
        const device = changes.device ?? before.device;
        const readOnly = changes.readOnly ?? before.readOnly;
        await set.luns.replace(device, number, { readOnly, unitAttention: !quiet, unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(set), lun: number, device, readOnly }, '');
      });
    });
  annotate(command, {
    text: ['The LUN is replaced in one step; sessions that see it get the unit attention INQUIRY DATA HAS CHANGED.'],
    examples: [{ command: 'scst-local lun set scst_local_tgt 0 device=disk2', does: 'exchange the device under LUN 0' }],
  });
};

const parseChanges = (words: readonly string[]): { device?: string; readOnly?: boolean } => {
  const changes: { device?: string; readOnly?: boolean } = {};
  for (const [name, value] of parseAssignments(words)) {
    if (name === 'device') changes.device = value;
    else if (name === 'read_only' && /^[01]$/u.test(value)) changes.readOnly = value === '1';
    else throw usageError(`“${name}=${value}” is no change of a LUN`, 'Known are device=NAME, read_only=0 and read_only=1.');
  }
  return changes;
};

const addClear = (family: Command, context: Context): void => {
  const command = family
    .command('clear')
    .description('stop exporting all LUNs of a target or of a group')
    .addArgument(address())
    .option('--force', 'even while their SCSI devices are in use')
    .addOption(driverOption())
    .action(async (name: string, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const set = await resolveLunSet(scst, name, driver);
        await set.luns.clear({ unlessUsed: !force, signal: context.signal });
        context.result(placeOf(set), '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local lun clear disks/backup', does: 'the group then hides the target’s LUNs' }] });
};

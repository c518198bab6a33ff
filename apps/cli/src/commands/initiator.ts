import { type Command } from 'commander';
import { type DriverOption, driverOption, GROUP_TEXT } from '../address/options.js';
import { placeOf } from '../address/place.js';
import { resolveGroup } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument } from '../definition.js';

/** Names decide at once which LUNs a session sees. */
const FORCE = ['--force', 'even if a session loses LUNs by it that are in use'] as const;

type ForceOption = DriverOption & { force?: boolean };

const PATTERN_TEXT = 'an initiator’s name, or a pattern: * any characters, ? one, ! negates the rest';

export const addInitiatorCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'initiator', 'add, remove, list and move the initiator names of groups');

  const group = (): ReturnType<typeof argument> => argument('<group>', GROUP_TEXT, 'group');

  const add = family
    .command('add')
    .description('add a name or pattern to a group; sessions that match move there at once')
    .addArgument(group())
    .argument('<name>', PATTERN_TEXT)
    .option(...FORCE)
    .addOption(driverOption())
    .action(async (address: string, name: string, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const found = await resolveGroup(scst, address, driver);
        await found.group.initiators.add(name, { unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(found), initiator: name }, '');
      });
    });
  annotate(add, { examples: [{ command: "scst-local initiator add disks/backup 'backup?'", does: 'backup1, backup2 …' }] });

  const remove = family
    .command('remove')
    .description('remove a name or pattern from a group')
    .addArgument(group())
    .argument('<name>', 'as it was added; patterns are compared as text')
    .option(...FORCE)
    .addOption(driverOption())
    .action(async (address: string, name: string, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const found = await resolveGroup(scst, address, driver);
        await found.group.initiators.remove(name, { unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(found), initiator: name }, '');
      });
    });
  annotate(remove, { examples: [{ command: "scst-local initiator remove disks/backup 'backup?'", does: 'sessions that matched move to where they belong now; refused while one uses a LUN that it does not see there' }] });

  const list = family
    .command('list')
    .description('list the names and patterns of a group')
    .addArgument(group())
    .addOption(driverOption())
    .action(async (address: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const found = await resolveGroup(scst, address, driver);
        const names = await found.group.initiators.list();
        context.result(names, names);
      });
    });
  annotate(list, { examples: [{ command: 'scst-local initiator list disks/backup', does: 'one a line' }] });

  const move = family
    .command('move')
    .description('move a name or pattern to another group of the target')
    .addArgument(group())
    .argument('<name>', 'as it was added')
    .argument('<to>', 'name of the other group')
    .option(...FORCE)
    .addOption(driverOption())
    .action(async (address: string, name: string, to: string, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const found = await resolveGroup(scst, address, driver);
        await found.group.initiators.move(name, to, { unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(found), group: to, initiator: name }, '');
      });
    });
  annotate(move, { examples: [{ command: 'scst-local initiator move disks/backup host1 production', does: 'in one step' }] });

  const clear = family
    .command('clear')
    .description('remove all names and patterns of a group')
    .addArgument(group())
    .option(...FORCE)
    .addOption(driverOption())
    .action(async (address: string, { force = false, driver }: ForceOption) => {
      await context.withScst(async (scst) => {
        const found = await resolveGroup(scst, address, driver);
        await found.group.initiators.clear({ unlessUsed: !force, signal: context.signal });
        context.result(placeOf(found), '');
      });
    });
  annotate(clear, { examples: [{ command: 'scst-local initiator clear disks/backup', does: 'its sessions move to where they belong now' }] });
};

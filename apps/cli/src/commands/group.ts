import { type Command } from 'commander';
import { type DriverOption, driverOption, GROUP_TEXT, TARGET_TEXT } from '../address/options.js';
import { placeOf } from '../address/place.js';
import { groupHandle, resolveGroup, resolveTarget } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument, asGiven, collect } from '../definition.js';
import { attributesJson, attributesTable } from '../output/attributes.js';
import { formatTable } from '../output/table.js';
import { surveyDirectory } from '../survey/attributes.js';
import { type GroupView, surveyGroup } from '../survey/target.js';
import { addAttributesCommand } from './attributes-command.js';

export const addGroupCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'group', 'add, remove, list and change the access-control groups of targets');
  addAdd(family, context);
  addRemove(family, context);
  addList(family, context);
  addShow(family, context);
  addAttributesCommand(family, context, {
    whose: 'a group’s',
    address: argument('<group>', GROUP_TEXT, 'group'),
    options: [driverOption()],
    examples: [{ command: 'scst-local group set disks/backup addr_method=FLAT', does: 'how its initiators are told of LUNs above 255' }],
    find: async (scst, name, driver) => {
      const found = await resolveGroup(scst, name, driver);
      return { attributes: found.group.attributes, place: placeOf(found) };
    },
  });
};

const addAdd = (family: Command, context: Context): void => {
  const command = family
    .command('add')
    .description('add a group to a target')
    .addArgument(argument('<group>', GROUP_TEXT, 'target'))
    .option('-i, --initiator <name>', 'add an initiator name or pattern to it; may be given several times', collect(asGiven))
    .option('--force', 'even if a session loses LUNs by a name that are in use')
    .addOption(driverOption())
    .action(async (name: string, { initiator: initiators = [], force = false, driver }: DriverOption & { initiator?: readonly string[]; force?: boolean }) => {
      await context.withScst(async (scst) => {
        const { target, group } = await groupHandle(scst, name, driver);
        const added = await target.addGroup(group.name, { signal: context.signal });
        try {
          for (const initiator of initiators) await added.initiators.add(initiator, { unlessUsed: !force, signal: context.signal });
        } catch (error) {
          // Nobody wants a group with some of its names. What keeps it from going is not why this failed.
          await added.initiators.clear().then(() => added.remove()).catch(() => undefined);
          throw error;
        }
        context.result({ ...placeOf({ target, group }), initiators }, '');
      });
    });
  annotate(command, {
    text: ['Initiators see the LUNs of the first group, in order of creation, one of whose names matches theirs; without one, the target’s own. Add the group’s LUNs before its initiators.'],
    examples: [{ command: "scst-local group add disks/backup --initiator 'backup*'", does: '* stands for any characters, ? for one, ! negates the rest' }],
  });
};

const addRemove = (family: Command, context: Context): void => {
  const command = family
    .command('remove')
    .description('remove a group with its LUNs and initiator names')
    .addArgument(argument('<group>', GROUP_TEXT, 'group'))
    .addOption(driverOption())
    .action(async (name: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const { target, group } = await groupHandle(scst, name, driver);
        await group.remove({ signal: context.signal });
        context.result(placeOf({ target, group }), '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local group remove disks/backup', does: 'refused while sessions are in it' }] });
};

const addList = (family: Command, context: Context): void => {
  const command = family
    .command('list')
    .description('list the groups of a target')
    .addArgument(argument('<target>', TARGET_TEXT, 'target'))
    .addOption(driverOption())
    .action(async (name: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const target = await resolveTarget(scst, name, driver);
        const views = await Promise.all((await target.groups()).map(surveyGroup));
        context.result(views, groupsTable(views, context.out.bold));
      });
    });
  annotate(command, { examples: [{ command: 'scst-local group list disks', does: 'groups, their initiators and LUNs' }] });
};

const groupsTable = (views: readonly GroupView[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'GROUP' }, { heading: 'INITIATORS' }, { heading: 'LUNS' }],
    views.map(({ name, initiators, luns }) => [
      name,
      initiators === undefined ? 'cannot be listed' : initiators.length === 0 ? '-' : initiators.join(', '),
      luns.length === 0 ? '-' : luns.map(({ lun, device }) => `${lun}=${device}`).join(', '),
    ]),
    bold,
  );

const addShow = (family: Command, context: Context): void => {
  const command = family
    .command('show')
    .description('show a group’s initiators, LUNs, sessions and attributes')
    .addArgument(argument('<group>', GROUP_TEXT, 'group'))
    .addOption(driverOption())
    .action(async (name: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const { target, group } = await resolveGroup(scst, name, driver);
        const [view, { attributes }, members] = await Promise.all([
          surveyGroup(group),
          surveyDirectory(scst.tree, group.path),
          target.sessions().then((sessions) => Promise.all(sessions.map(async (session) => ((await session.group()) === group.name ? [session.name] : [])))),
        ]);
        const { bold } = context.out;
        const sessions = members.flat();
        context.result(
          { ...placeOf({ target }), ...view, sessions, attributes: attributesJson(attributes) },
          `${groupsTable([view], bold)}\nsessions: ${sessions.length === 0 ? 'none' : sessions.join(', ')}\n\n${attributesTable(attributes, bold)}`,
        );
      });
    });
  annotate(command, { examples: [{ command: 'scst-local group show disks/backup', does: 'and which sessions are in it now' }] });
};

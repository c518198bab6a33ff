import { type Session } from '@scst/local';
import { encodeTransportId, parseTransportId } from '@scst/transport-id';
import { type Command } from 'commander';
import { type DriverOption, driverOption, SESSION_TEXT, TARGET_TEXT } from '../address/options.js';
import { placeOf } from '../address/place.js';
import { resolveSession, resolveTarget, sessionHandle } from '../address/resolve.js';
import { type Context } from '../context.js';
import { addFamily, annotate, argument } from '../definition.js';
import { attributesJson, attributesTable } from '../output/attributes.js';
import { formatTable } from '../output/table.js';
import { surveyDirectory } from '../survey/attributes.js';
import { type SessionView, surveyDriversOf, surveySession, surveyTarget } from '../survey/target.js';
import { addAttributesCommand, type Changeable } from './attributes-command.js';

export const addSessionCommands = (program: Command, context: Context): void => {
  const family = addFamily(program, 'session', 'add, remove, list and change sessions (I_T nexuses)');
  addAdd(family, context);
  addRemove(family, context);
  addList(family, context);
  addShow(family, context);
  addAttributesCommand(family, context, {
    whose: 'a session’s',
    address: argument('<address>', SESSION_TEXT, 'session'),
    values: 'NAME=VALUE; transport_id takes the text of a TransportID',
    options: [driverOption()],
    examples: [
      { command: 'scst-local session set disks/host1 transport_id=sas:5000c50012345678', does: 'before the first command, so that reservations know the initiator by it' },
      { command: 'scst-local session set disks/host1 read_cmd_count=0', does: 'reset the counters of reads' },
    ],
    find: async (scst, address, driver) => {
      const session = await resolveSession(scst, address, driver);
      return { attributes: attributesOf(session), place: { ...placeOf(session), session: session.name } };
    },
  });
};

const addAdd = (family: Command, context: Context): void => {
  const command = family
    .command('add')
    .description('add a session to a target: a SCSI host of this machine')
    .addArgument(argument('<address>', `${SESSION_TEXT}; the session’s name is the initiator’s`, 'target'))
    .option('--transport-id <text>', 'who the initiator is, e.g. sas:5feede401fade050 or an iSCSI name (default: scst_local’s own)')
    .addOption(driverOption())
    .action(async (address: string, { transportId, driver }: DriverOption & { transportId?: string }) => {
      const bytes = transportId === undefined ? undefined : encodeTransportId(parseTransportId(transportId));
      await context.withScst(async (scst) => {
        const { target, name } = await sessionHandle(scst, address, driver);
        const session = await target.addSession(name, { transportId: bytes, signal: context.signal });
        const view = await surveySession(session, await scst.scsiDevices());
        context.result({ ...placeOf({ target }), ...view }, session.name === name ? '' : `the session is called ${session.name}\n`);
      });
    });
  annotate(command, {
    examples: [
      { command: 'scst-local session add disks/host1', does: 'a session whose initiator is called host1' },
      { command: 'scst-local session add disks/host2 --transport-id iqn.2026-01.com.example:host2', does: 'as a user-space iSCSI target would' },
    ],
  });
};

const addRemove = (family: Command, context: Context): void => {
  const command = family
    .command('remove')
    .description('remove a session and its SCSI host')
    .addArgument(argument('<address>', SESSION_TEXT, 'session'))
    .option('--force', 'even while it is in use; it goes once its SCSI devices are closed')
    .addOption(driverOption())
    .action(async (address: string, { force = false, driver }: DriverOption & { force?: boolean }) => {
      await context.withScst(async (scst) => {
        const session = await resolveSession(scst, address, driver);
        await session.close({ unlessUsed: !force, signal: context.signal });
        context.result({ ...placeOf(session), session: session.name }, '');
      });
    });
  annotate(command, { examples: [{ command: 'scst-local session remove disks/host1', does: 'refused while commands are active or a SCSI device is open, mounted, swapped to or part of another' }] });
};

const addList = (family: Command, context: Context): void => {
  const command = family
    .command('list')
    .description('list sessions')
    .addArgument(argument('[target]', `those of one target: ${TARGET_TEXT}`, 'target'))
    .addOption(driverOption())
    .action(async (name: string | undefined, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const targets =
          name === undefined
            ? (await surveyDriversOf(scst, driver)).flatMap((view) => view.targets)
            : [await surveyTarget(await resolveTarget(scst, name, driver), await scst.scsiDevices())];
        const sessions = targets.flatMap((target) => target.sessions.map((session): ListedSession => ({ driver: target.driver, target: target.name, ...session })));
        context.result(sessions, sessionsTable(sessions, context.out.bold));
      });
    });
  annotate(command, { examples: [{ command: 'scst-local session list', does: 'sessions, their initiators, groups, SCSI hosts and devices' }] });
};

type ListedSession = SessionView & { readonly driver: string; readonly target: string };

const sessionsTable = (sessions: readonly ListedSession[], bold: (text: string) => string): string =>
  formatTable(
    [{ heading: 'TARGET' }, { heading: 'SESSION' }, { heading: 'INITIATOR' }, { heading: 'GROUP' }, { heading: 'HOST', align: 'right' }, { heading: 'DEVICES' }],
    sessions.map(({ driver, target, name, initiator, group, host, devices }) => [
      driver === 'scst_local' ? target : `${driver}:${target}`,
      name,
      initiator ?? '?',
      group ?? '-',
      host === undefined ? '-' : String(host),
      devices.length === 0 ? '-' : devices.map(({ address, node, sg }) => node ?? sg ?? address).join(', '),
    ]),
    bold,
  );

const addShow = (family: Command, context: Context): void => {
  const command = family
    .command('show')
    .description('show a session’s attributes, its TransportID and what it sees')
    .addArgument(argument('<address>', SESSION_TEXT, 'session'))
    .addOption(driverOption())
    .action(async (address: string, { driver }: DriverOption) => {
      await context.withScst(async (scst) => {
        const session = await resolveSession(scst, address, driver);
        const [{ attributes }, view] = await Promise.all([surveyDirectory(scst.tree, session.path), scst.scsiDevices().then((devices) => surveySession(session, devices))]);
        const luns = view.devices.map(({ address: hctl, lun, vendor, model, node, sg }) => `LUN ${lun}  [${hctl}] ${vendor} ${model}  ${node ?? '-'}  ${sg ?? '-'}\n`);
        context.result({ ...view, attributes: attributesJson(attributes) }, `${luns.join('')}${attributesTable(attributes, context.out.bold)}`);
      });
    });
  annotate(command, { examples: [{ command: 'scst-local session show scst_local_tgt/scst_local_host', does: 'counters, TransportID, SCSI host and devices' }] });
};

/** A session’s attributes, of which `transport_id` is given as text. */
const attributesOf = (session: Session): Changeable['attributes'] => ({
  set: async (name, value, options) => {
    if (name === 'transport_id' && typeof value === 'string') await session.setTransportId(encodeTransportId(parseTransportId(value)), options);
    else await session.attributes.set(name, value, options);
  },
});

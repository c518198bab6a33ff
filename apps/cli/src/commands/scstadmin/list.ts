import { type Group, type LunSet, type Target } from '@scst/local';
import { type JsonValue } from '../../output/json.js';
import { listAttributes } from './attributes.js';
import { refuse } from './flags.js';
import { type AdminOperation, type Done, type Job } from './operation.js';
import { table } from './text.js';

/** Keeps those of one name, or all; a name nobody has is said, and is no failure, as with scstadmin. */
const named = <T extends { readonly name: string }>(job: Job, what: string, all: readonly T[], name: string | undefined): readonly T[] => {
  if (name === undefined || name === '') return all;
  const found = all.filter((one) => one.name === name);
  if (found.length === 0) job.warn(refuse(`there is no ${what} ${name}`));
  return found;
};

const listHandlers = async (job: Job): Promise<Done> => {
  const handlers = await job.scst.handlers();
  if (job.value === '') return { json: handlers.map(({ name }) => name), text: table(['Handler'], handlers.map(({ name }) => [name])) };
  return await listHandlerDevices(job, job.value);
};

const listHandlerDevices = async (job: Job, name: string): Promise<Done> => {
  const found = await Promise.all(
    named(job, 'handler', await job.scst.handlers(), name).map(async (handler) => ({ handler: handler.name, devices: (await handler.devices()).map((device) => device.name) })),
  );
  const rows = found.flatMap(({ handler, devices }) => (devices.length === 0 ? ['-'] : devices).map((device, index) => [index === 0 ? handler : '', device]));
  return { json: found, text: rows.length === 0 ? [] : table(['Handler', 'Device'], rows) };
};

const listDevices = async (job: Job): Promise<Done> => {
  if (job.value === '') return await listHandlerDevices(job, '');
  const { path } = job.scst.device(job.value);
  if (await job.exists(path)) return await listAttributes(job, path);
  job.warn(refuse(`there is no device ${job.value}`));
  return { json: [] };
};

const targetsOf = async (job: Job, driver: string | undefined, target: string | undefined): Promise<{ driver: string; targets: readonly Target[] }[]> => {
  const drivers = named(job, 'driver', await job.scst.drivers(), driver);
  const found = await Promise.all(drivers.map(async (one) => ({ driver: one.name, targets: await one.targets() })));
  if (target === undefined || target === '') return found;
  const matching = found.map((one) => ({ driver: one.driver, targets: one.targets.filter(({ name }) => name === target) })).filter(({ targets }) => targets.length > 0);
  if (matching.length === 0) job.warn(refuse(`there is no target ${target}`));
  return matching;
};

const listTargetTable = async (job: Job, driver: string | undefined): Promise<Done> => {
  const found = await targetsOf(job, driver, undefined);
  const rows = found.flatMap(({ driver: name, targets }) => targets.map((target, index) => [index === 0 ? name : '', target.name]));
  return { json: found.map(({ driver: name, targets }) => ({ driver: name, targets: targets.map((target) => target.name) })), text: rows.length === 0 ? [] : table(['Driver', 'Target'], rows) };
};

const listDrivers = async (job: Job): Promise<Done> => {
  if (job.value !== '') return await listTargetTable(job, job.value);
  const drivers = await job.scst.drivers();
  return { json: drivers.map(({ name }) => name), text: table(['Driver'], drivers.map(({ name }) => [name])) };
};

const lunLines = async (set: LunSet): Promise<{ json: JsonValue; text: string[] }> => {
  const luns = await set.list();
  const rows = luns.map(({ number, device }) => [String(number), device]);
  return { json: luns.map(({ number, device, readOnly }) => ({ lun: number, device, readOnly })), text: ['Assigned LUNs:', '', ...(rows.length === 0 ? ['\t(none)'] : table(['LUN', 'Device'], rows))] };
};

const groupLines = async (group: Group): Promise<{ json: JsonValue; text: string[] }> => {
  const luns = await lunLines(group.luns);
  const initiators = await group.initiators.list();
  const shown = initiators.length === 0 ? ['\t(none)'] : table(['Initiator'], initiators.map((name) => [name]));
  return { json: { group: group.name, luns: luns.json, initiators }, text: [`Group: ${group.name}`, '', ...luns.text, '', 'Assigned Initiators:', '', ...shown, ''] };
};

const listGroups = async (job: Job, driver: string | undefined, target: string | undefined, name: string): Promise<Done> => {
  const json: JsonValue[] = [];
  const text: string[] = [];
  for (const { driver: driverName, targets } of await targetsOf(job, driver, target)) {
    for (const one of targets) {
      const luns = await lunLines(one.luns);
      const groups = await Promise.all((await one.groups()).filter((group) => name === '' || group.name === name).map(groupLines));
      json.push({ driver: driverName, target: one.name, luns: luns.json, groups: groups.map((group) => group.json) });
      text.push(`Driver: ${driverName}`, `Target: ${one.name}`, '', ...luns.text, '', ...groups.flatMap((group) => group.text));
    }
  }
  return { json, text };
};

const listSessions = async (job: Job): Promise<Done> => {
  const json: JsonValue[] = [];
  const text: string[] = [];
  for (const { driver, targets } of await targetsOf(job, undefined, undefined)) {
    for (const target of targets) {
      const sessions = await target.sessions();
      text.push(`Driver/Target: ${driver}/${target.name}`, '');
      if (sessions.length === 0) text.push('\t(no sessions)', '');
      for (const session of sessions) {
        const attributes = await listAttributes(job, session.path, { all: true });
        json.push({ driver, target: target.name, session: session.name, attributes: attributes.json });
        text.push(`\tSession: ${session.name}`, '', ...(attributes.text ?? []), '');
      }
    }
  }
  return { json, text };
};

const listDeviceGroups = async (job: Job): Promise<Done> => {
  const json: JsonValue[] = [];
  const text: string[] = [];
  for (const group of named(job, 'device group', await job.scst.deviceGroups(), job.value)) {
    const [devices, targetGroups] = [await group.devices(), (await group.targetGroups()).map(({ name }) => name)];
    json.push({ group: group.name, devices, targetGroups });
    text.push(`Device group: ${group.name}`, ...devices.map((name) => `\tDevice ${name}`), ...targetGroups.map((name) => `\tTarget group ${name}`), '');
  }
  return { json, text };
};

const listTargetGroups = async (job: Job): Promise<Done> => {
  const all = await job.scst.deviceGroup(job.required('dev_group')).targetGroups();
  const found = await Promise.all(named(job, 'target group', all, job.value).map(async (group) => ({ group: group.name, targets: (await group.targets()).map(({ name }) => name) })));
  return { json: found, text: found.flatMap(({ group, targets }) => [`Target group: ${group}`, ...targets.map((name) => `\tTarget ${name}`), '']) };
};

/** The queries. */
export const LISTS: Readonly<Record<string, AdminOperation>> = {
  list_handler: { value: 'optional', query: true, does: 'handlers, or the devices of one', run: listHandlers },
  list_device: { value: 'optional', query: true, does: 'handlers with their devices, or the attributes of one device', run: listDevices },
  list_dgrp: { value: 'optional', query: true, does: 'device groups, or one', run: listDeviceGroups },
  list_tgrp: { value: 'optional', query: true, needs: ['dev_group'], does: 'target groups of a device group, or one', run: listTargetGroups },
  list_driver: { value: 'optional', query: true, does: 'target drivers, or the targets of one', run: listDrivers },
  list_target: {
    value: 'optional',
    query: true,
    does: 'targets, or the LUNs and groups of one',
    run: (job) => (job.value === '' ? listTargetTable(job, job.optional('driver')) : listGroups(job, job.optional('driver'), job.value, '')),
  },
  list_group: { value: 'optional', query: true, does: 'groups with their LUNs and initiators, or one', run: (job) => listGroups(job, job.optional('driver'), job.optional('target'), job.value) },
  list_sessions: { value: 'none', query: true, does: 'sessions with their attributes', run: listSessions },
};

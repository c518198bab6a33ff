import { pairsOf, type DeviceGroupConfig, type TargetGroupConfig } from '../model/config.js';
import { directoryName, trueName } from '../model/names.js';
import { planAttributes } from './attributes.js';
import { keyAttributesOf } from './capture.js';
import { command, valueWrite, type PlanContext } from './context.js';

const ROOT = 'device_groups';

/** What the tree's device groups hold, once read. */
interface LiveGroups {
  /** The device group of each device. */
  readonly devices: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, LiveGroup>;
}

interface LiveGroup {
  readonly targetGroups: ReadonlySet<string>;
  /** The target group of each target. */
  readonly targets: ReadonlyMap<string, string>;
}

/** Plans ALUA: device groups, their devices, target groups, their attributes and targets. */
export const planDeviceGroups = async (context: PlanContext): Promise<void> => {
  const { config, builder, locator } = context;
  await planAttributes(context, config.alua, { path: ROOT, subject: 'ALUA', phase: 'alua', lane: ROOT, isNew: false });
  if (config.deviceGroups.length === 0 && !context.prune) return;
  const live = await readGroups(context);
  for (const group of config.deviceGroups) {
    const path = groupPath(group.name);
    if (live.groups.has(directoryName(group.name))) continue;
    builder.add({
      kind: 'create-device-group',
      phase: 'alua',
      lane: path,
      subject: `DEVICE_GROUP ${group.name}`,
      summary: `DEVICE_GROUP ${group.name}`,
      write: command(`${ROOT}/mgmt`, ['create', group.name]),
      undo: [command(`${ROOT}/mgmt`, ['del', group.name])],
      goal: { type: 'present', path },
      provides: `device-group:${path}`,
      location: locator.locate(group),
    });
  }
  await Promise.all(config.deviceGroups.map((group) => planGroup(context, group, live)));
  if (context.prune) await pruneGroups(context, live);
};

const groupPath = (name: string): string => `${ROOT}/${directoryName(name)}`;

const readGroups = async ({ reader }: PlanContext): Promise<LiveGroups> => {
  const devices = new Map<string, string>();
  const groups = new Map<string, LiveGroup>();
  await Promise.all(
    (await reader.names(ROOT)).map(async (group) => {
      const [members, targetGroups] = await Promise.all([reader.names(`${ROOT}/${group}/devices`, 'link'), reader.names(`${ROOT}/${group}/target_groups`)]);
      for (const device of members) devices.set(device, group);
      const targets = new Map<string, string>();
      await Promise.all(
        targetGroups.map(async (targetGroup) => {
          const entries = (await reader.list(`${ROOT}/${group}/target_groups/${targetGroup}`)) ?? [];
          for (const { name, type } of entries) if (type !== 'file') targets.set(name, targetGroup);
        }),
      );
      groups.set(group, { targetGroups: new Set(targetGroups), targets });
    }),
  );
  return { devices, groups };
};

const planGroup = async (context: PlanContext, group: DeviceGroupConfig, live: LiveGroups): Promise<void> => {
  const { builder, locator } = context;
  const path = groupPath(group.name);
  const subject = `DEVICE_GROUP ${group.name}`;
  const present = live.groups.get(directoryName(group.name));
  const requires = [`device-group:${path}`];
  await planAttributes(context, group.attributes, { path, subject, phase: 'alua', lane: path, isNew: present === undefined, requires });
  for (const [occurrence, device] of group.devices.entries()) {
    const home = live.devices.get(directoryName(device));
    const entry = `${path}/devices/${directoryName(device)}`;
    if (home === directoryName(group.name) && !context.vanishing.has(entry)) continue;
    // A device belongs to one group: it leaves the one it is in.
    if (home !== undefined && home !== directoryName(group.name)) planDeviceRemoval(context, home, directoryName(device));
    builder.add({
      kind: 'add-group-device',
      phase: 'alua',
      lane: path,
      subject: `${subject} / DEVICE ${device}`,
      summary: `DEVICE ${device}`,
      write: command(`${path}/devices/mgmt`, ['add', device]),
      undo: [command(`${path}/devices/mgmt`, ['del', device])],
      goal: { type: 'present', path: entry },
      requires: [...requires, `device:${device}`, `gone:${ROOT}/${home ?? ''}/devices/${directoryName(device)}`],
      location: locator.locate(group, { attribute: 'DEVICE', occurrence }),
    });
  }
  for (const targetGroup of group.targetGroups) planTargetGroupCreation(context, group, targetGroup, present);
  for (const targetGroup of group.targetGroups) await planTargetGroup(context, group, targetGroup, present);
};

const planTargetGroupCreation = ({ builder, locator }: PlanContext, group: DeviceGroupConfig, targetGroup: TargetGroupConfig, present: LiveGroup | undefined): void => {
  if (present?.targetGroups.has(directoryName(targetGroup.name)) === true) return;
  const directory = `${groupPath(group.name)}/target_groups`;
  const path = `${directory}/${directoryName(targetGroup.name)}`;
  builder.add({
    kind: 'create-target-group',
    phase: 'alua',
    lane: groupPath(group.name),
    subject: `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name}`,
    summary: `TARGET_GROUP ${targetGroup.name}`,
    write: command(`${directory}/mgmt`, ['create', targetGroup.name]),
    undo: [command(`${directory}/mgmt`, ['del', targetGroup.name])],
    goal: { type: 'present', path },
    provides: `target-group:${path}`,
    requires: [`device-group:${groupPath(group.name)}`],
    location: locator.locate(targetGroup),
  });
};

const planTargetGroup = async (context: PlanContext, group: DeviceGroupConfig, targetGroup: TargetGroupConfig, present: LiveGroup | undefined): Promise<void> => {
  const { builder, locator } = context;
  const lane = groupPath(group.name);
  const directory = `${lane}/target_groups`;
  const path = `${directory}/${directoryName(targetGroup.name)}`;
  const subject = `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name}`;
  const requires = [`target-group:${path}`];
  const isNew = present?.targetGroups.has(directoryName(targetGroup.name)) !== true;
  await planAttributes(context, targetGroup.attributes, { path, subject, phase: 'alua', lane, isNew, requires });
  for (const target of targetGroup.targets) {
    const home = present?.targets.get(directoryName(target.name));
    const here = home === directoryName(targetGroup.name);
    const entry = `${path}/${directoryName(target.name)}`;
    if (!here) {
      if (home !== undefined) await planTargetMemberRemoval(context, directoryName(group.name), home, directoryName(target.name));
      builder.add({
        kind: 'add-group-target',
        phase: 'alua',
        lane,
        subject: `${subject} / TARGET ${target.name}`,
        summary: `TARGET ${target.name}`,
        write: command(`${path}/mgmt`, ['add', target.name]),
        undo: [command(`${path}/mgmt`, ['del', target.name])],
        goal: { type: 'present', path: entry },
        provides: `member:${entry}`,
        requires: [...requires, `gone:${directory}/${home ?? ''}/${directoryName(target.name)}`],
        location: locator.locate(target),
      });
    }
    await planAttributes(context, target.attributes, { path: entry, subject: `${subject} / TARGET ${target.name}`, phase: 'alua', lane, isNew: !here, requires: [`member:${entry}`] });
  }
};

/** @param group Name of the device group's directory. */
const planDeviceRemoval = ({ builder, vanishing }: PlanContext, group: string, device: string): void => {
  const path = `${ROOT}/${group}/devices`;
  if (vanishing.has(`${path}/${device}`)) return;
  vanishing.add(`${path}/${device}`);
  builder.add({
    kind: 'remove-group-device',
    phase: 'alua-removal',
    lane: `${ROOT}/${group}`,
    subject: `DEVICE_GROUP ${group} / DEVICE ${device}`,
    summary: `DEVICE ${device}`,
    write: command(`${path}/mgmt`, ['del', device]),
    undo: [command(`${path}/mgmt`, ['add', device])],
    goal: { type: 'absent', path: `${path}/${device}` },
    provides: `gone:${path}/${device}`,
  });
};

const planTargetMemberRemoval = async ({ builder, reader, vanishing }: PlanContext, group: string, targetGroup: string, target: string): Promise<void> => {
  const path = `${ROOT}/${group}/target_groups/${targetGroup}`;
  const entry = `${path}/${target}`;
  if (vanishing.has(entry)) return;
  vanishing.add(entry);
  // A member of this machine is a link: what stands behind it is the target's own.
  const isLink = ((await reader.list(path)) ?? []).some(({ name, type }) => name === target && type === 'link');
  const restore = isLink ? [] : pairsOf(await keyAttributesOf(reader, entry, new Set())).filter(([name, value]) => name !== 'rel_tgt_id' || value !== '0');
  builder.add({
    kind: 'remove-group-target',
    phase: 'alua-removal',
    lane: `${ROOT}/${group}`,
    subject: `DEVICE_GROUP ${group} / TARGET_GROUP ${targetGroup} / TARGET ${target}`,
    summary: `TARGET ${target}`,
    write: command(`${path}/mgmt`, ['del', trueName(target)]),
    undo: [command(`${path}/mgmt`, ['add', trueName(target)]), ...restore.map(([name, value]) => valueWrite(`${entry}/${name}`, value))],
    goal: { type: 'absent', path: entry },
    provides: `gone:${entry}`,
  });
};

/** Groups and members the configuration does not mention. */
const pruneGroups = async (context: PlanContext, live: LiveGroups): Promise<void> => {
  const { config, selection } = context;
  const wanted = new Map(config.deviceGroups.map((group) => [directoryName(group.name), group]));
  for (const [device, group] of live.devices) {
    if (!selection.has('device_group', trueName(group))) continue;
    if (wanted.get(group)?.devices.some((name) => directoryName(name) === device) !== true) planDeviceRemoval(context, group, device);
  }
  await Promise.all([...live.groups].filter(([name]) => selection.has('device_group', trueName(name))).map(([name, group]) => pruneGroup(context, name, group, wanted.get(name), live)));
};

const pruneGroup = async (context: PlanContext, name: string, live: LiveGroup, wanted: DeviceGroupConfig | undefined, all: LiveGroups): Promise<void> => {
  const path = `${ROOT}/${name}`;
  const wantedGroups = new Map(wanted?.targetGroups.map((group) => [directoryName(group.name), new Set(group.targets.map((target) => directoryName(target.name)))]));
  for (const [target, home] of live.targets) {
    if (wantedGroups.get(home)?.has(target) === true) continue;
    await planTargetMemberRemoval(context, name, home, target);
  }
  for (const targetGroup of live.targetGroups) if (!wantedGroups.has(targetGroup)) await planTargetGroupRemoval(context, name, targetGroup, live);
  if (wanted !== undefined) return;
  const devices = [...all.devices].filter(([, home]) => home === name).map(([device]) => device);
  context.builder.add({
    kind: 'remove-device-group',
    phase: 'alua-removal',
    lane: path,
    subject: `DEVICE_GROUP ${name}`,
    summary: `DEVICE_GROUP ${name}`,
    write: command(`${ROOT}/mgmt`, ['del', trueName(name)]),
    undo: [command(`${ROOT}/mgmt`, ['create', trueName(name)])],
    goal: { type: 'absent', path },
    provides: `gone:${path}`,
    requires: [...devices.map((device) => `gone:${path}/devices/${device}`), ...[...live.targetGroups].map((group) => `gone:${path}/target_groups/${group}`)],
  });
};

const planTargetGroupRemoval = async ({ builder, reader }: PlanContext, group: string, name: string, live: LiveGroup): Promise<void> => {
  const directory = `${ROOT}/${group}/target_groups`;
  const path = `${directory}/${name}`;
  const attributes = await keyAttributesOf(reader, path, new Set());
  const members = [...live.targets].filter(([, home]) => home === name).map(([target]) => target);
  builder.add({
    kind: 'remove-target-group',
    phase: 'alua-removal',
    lane: `${ROOT}/${group}`,
    subject: `DEVICE_GROUP ${group} / TARGET_GROUP ${name}`,
    summary: `TARGET_GROUP ${name}`,
    write: command(`${directory}/mgmt`, ['del', trueName(name)]),
    undo: [
      command(`${directory}/mgmt`, ['create', trueName(name)]),
      // group_id 0 is what a new group has, and cannot be written (SPEC 10).
      ...pairsOf(attributes).filter(([attribute, value]) => attribute !== 'group_id' || value !== '0').map(([attribute, value]) => valueWrite(`${path}/${attribute}`, value)),
    ],
    goal: { type: 'absent', path },
    provides: `gone:${path}`,
    requires: members.map((target) => `gone:${path}/${target}`),
  });
};

import { type ByteString } from '../bytes.js';
import { ALUA_STATES, type TargetGroup, type TargetGroupMember } from '../alua/target-group.js';
import { type DeviceGroup } from '../alua/device-group.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { parseFlag, parseNumber, UL } from '../text/numbers.js';
import { firstLine } from '../text/words.js';
import { bit } from './attribute.js';
import { type CollectionRow, directoryRow, DirectoryType, type Entry, type EntryKind, links } from './directory.js';
import { type CommandRow, mgmtRow, required } from './mgmt.js';
import { findShown, shownDirectories } from './shown.js';
import { Queued } from './work-queue.js';

/** Only the first bytes of a group id are looked at. */
const ID_BYTES = 7;

/** Any failure is `EINVAL`. */
const parseId = (text: ByteString): bigint => {
  try {
    return parseNumber(UL, text.slice(0, ID_BYTES));
  } catch (error) {
    throw new ScstError('EINVAL', 'an id is a number from 1 to 65535', { cause: error });
  }
};

/** `create NAME`, also called `add NAME`. */
const creating = <T>(create: (owner: T, name: ByteString) => void): CommandRow<T>[] =>
  ['create', 'add'].map((word) => ({
    word,
    usage: `${word} NAME`,
    run: (owner: T, words) => {
      create(owner, required(words, 'a name'));
    },
  }));

const deleting = <T>(remove: (owner: T, name: ByteString) => void): CommandRow<T> => ({
  word: 'del',
  usage: 'del NAME',
  run: (owner, words) => {
    remove(owner, required(words, 'a name'));
  },
});

/** A target on another machine. */
const remoteTargetDirectory = new DirectoryType<TargetGroupMember>('remote target', {
  attributes: [
    {
      name: 'rel_tgt_id',
      mode: 0o644,
      value: (member) => member.relTgtId,
      key: () => true,
      store: (member, text) => {
        member.setRelTgtId(parseId(text));
      },
    },
  ],
});

const memberEntry = (member: TargetGroupMember): Entry =>
  member.target === null
    ? remoteTargetDirectory.of(member)
    : { kind: 'link', target: `../../../../targets/${member.target.driver.name}/${shownName(member.name)}` };

const kindOf = (member: TargetGroupMember): EntryKind => (member.target === null ? 'directory' : 'link');

const members: CollectionRow<TargetGroup> = {
  lookup: (group, name) => {
    const found = findShown(group.memberMap, name) ?? findShown(group.deadEntries, name);
    const member = found === undefined || found.entryName !== name ? undefined : found;
    return member === undefined ? undefined : memberEntry(member);
  },
  *names(group) {
    for (const member of group.members) yield [member.entryName, kindOf(member)];
    for (const member of group.deadEntries.values()) yield [member.entryName, kindOf(member)];
  },
};

const targetGroupDirectory = new DirectoryType<TargetGroup>('target group', {
  attributes: [
    mgmtRow<TargetGroup>({
      commands: [
        { word: 'add', usage: 'add TARGET_NAME', run: (group, words) => void group.addMember(required(words, 'the name of a target')) },
        deleting((group, name) => {
          group.removeMember(name);
        }),
      ],
      firstLineOnly: true,
    }),
    {
      name: 'group_id',
      mode: 0o644,
      value: (group) => group.groupId,
      key: () => true,
      store: (group, text) => {
        group.setGroupId(parseId(text));
      },
    },
    {
      name: 'preferred',
      mode: 0o644,
      value: (group) => bit(group.preferred),
      key: (group) => group.preferred,
      store: (group, text) =>
        new Queued(() => {
          group.setPreferred(parseFlag(UL, text));
        }),
    },
    {
      name: 'state',
      mode: 0o644,
      value: (group) => group.state,
      key: () => true,
      store: (group, text) =>
        new Queued(() => {
          const state = ALUA_STATES.find((name) => name === firstLine(text));
          if (state === undefined) throw new ScstError('EINVAL', `a state is ${ALUA_STATES.join(', ')}`);
          return group.setState(state);
        }),
    },
  ],
  collections: [members],
  broken: (group) => ([...group.members, ...group.deadEntries.values()].some(({ entryName }) => entryName.includes('/')) ? 'EIO' : undefined),
});

const targetGroupsDirectory = new DirectoryType<DeviceGroup>('target groups', {
  attributes: [
    mgmtRow<DeviceGroup>({
      commands: [
        ...creating<DeviceGroup>((group, name) => {
          group.createTargetGroup(name);
        }),
        deleting((group, name) => {
          group.deleteTargetGroup(name);
        }),
      ],
      firstLineOnly: true,
    }),
  ],
  collections: [shownDirectories(targetGroupDirectory, (group) => group.targetGroups)],
});

const groupDevicesDirectory = new DirectoryType<DeviceGroup>('device group devices', {
  attributes: [
    mgmtRow<DeviceGroup>({
      commands: [
        {
          word: 'add',
          usage: 'add DEVICE_NAME',
          run: (group, words) => {
            group.addDevice(required(words, 'the name of a device'));
          },
        },
        deleting((group, name) => {
          group.removeDevice(name);
        }),
      ],
      firstLineOnly: true,
    }),
  ],
  collections: [links((group: DeviceGroup) => group.devices, (device) => `../../../devices/${shownName(device.name)}`)],
});

const deviceGroupDirectory = new DirectoryType<DeviceGroup>('device group', {
  fixed: [directoryRow('devices', groupDevicesDirectory, (group) => group), directoryRow('target_groups', targetGroupsDirectory, (group) => group)],
});

/** `device_groups/` (SPEC sysfs 10). */
export const deviceGroupsDirectory = new DirectoryType<ScstCore>('device groups', {
  attributes: [
    mgmtRow<ScstCore>({
      commands: [
        ...creating<ScstCore>((core, name) => {
          core.createDeviceGroup(name);
        }),
        deleting((core, name) => {
          core.deleteDeviceGroup(name);
        }),
      ],
      firstLineOnly: true,
      inPlace: true,
    }),
  ],
  collections: [shownDirectories(deviceGroupDirectory, (core) => core.deviceGroups)],
});

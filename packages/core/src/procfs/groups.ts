import { type ByteString } from '../bytes.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { AccessGroup } from '../target/access-group.js';
import { type GlobalGroups } from '../target/global-groups.js';
import { leadingNumber } from '../text/numbers.js';
import { trimSpaceBefore, type Words } from '../text/words.js';
import { directories, DirectoryType } from '../tree/directory.js';
import { commandStore, noMoreWords, PROC_DIRECTORY_MODE, procFile } from './proc-file.js';

const READ_ONLY = 'READ_ONLY';

const findDevice = (group: AccessGroup, words: Words): Device => {
  const name = words.next();
  const device = group.target.core.devices.get(name);
  if (device === undefined) throw new ScstError('EINVAL', `there is no device ${name}`);
  return device;
};

/** What follows the device: a LUN, where no digits are 0, and perhaps READ_ONLY. */
const mapping = (words: Words): { number: number; readOnly: boolean } => {
  const { value, rest } = leadingNumber(trimSpaceBefore(words.rest));
  const number = AccessGroup.checkNumber(BigInt.asUintN(32, value));
  const option = trimSpaceBefore(rest);
  if (option !== '' && !option.toUpperCase().startsWith(READ_ONLY)) throw new ScstError('EINVAL', `there is no option ${option}; there is ${READ_ONLY}`);
  return { number, readOnly: option !== '' };
};

const devicesFile = procFile<AccessGroup>({
  name: 'devices',
  show: (group) => {
    const line = (device: string, lun: string | number, options: string): string => `${device.padEnd(60)}${String(lun).padEnd(13)}${options}\n`;
    const lines = [...group.luns.values()].map((lun) => line(lun.device.name, lun.number, lun.effectiveReadOnly ? 'RO' : ''));
    return line('Device (host:ch:id:lun or name)', 'LUN', 'Options') + lines.join('');
  },
  store: commandStore<AccessGroup>({
    core: (group) => group.target.core,
    commands: [
      { start: 'clear', run: (group) => group.clearLuns() },
      {
        start: 'add ',
        run: (group, words) => {
          const device = findDevice(group, words);
          const { number, readOnly } = mapping(words);
          group.addLun(device, number, { readOnly });
        },
      },
      {
        start: 'del ',
        run: async (group, words) => {
          const device = findDevice(group, words);
          const first = [...group.luns.values()].find((lun) => lun.device === device);
          if (first !== undefined) await group.deleteLun(first.number);
        },
      },
      {
        start: 'replace ',
        run: async (group, words) => {
          const device = findDevice(group, words);
          const { number, readOnly } = mapping(words);
          await group.replaceLun(device, number, { readOnly });
        },
      },
    ],
  }),
});

const pattern = (words: Words): ByteString => {
  const name = words.next();
  noMoreWords(words);
  return name;
};

const namesFile = procFile<AccessGroup>({
  name: 'names',
  show: (group) => [...group.initiators.keys()].map((name) => `${name}\n`).join(''),
  store: commandStore<AccessGroup>({
    core: (group) => group.target.core,
    commands: [
      { start: 'clear', run: (group) => group.clearInitiators() },
      { start: 'add ', run: (group, words) => group.addInitiator(pattern(words)) },
      { start: 'del ', run: (group, words) => group.deleteInitiator(pattern(words)) },
      {
        start: 'move ',
        run: async (group, words) => {
          const name = words.next();
          const destination = words.next();
          noMoreWords(words);
          const stays = destination === group.name && group.initiators.has(name);
          if (!stays) await group.moveInitiator(name, destination);
        },
      },
    ],
  }),
});

const groupDirectory = new DirectoryType<AccessGroup>('proc group', {
  mode: PROC_DIRECTORY_MODE,
  attributes: [procFile<AccessGroup>({ name: 'addr_method', show: ({ addrMethod }) => `${addrMethod}\n` }), devicesFile, namesFile],
});

/** `groups/` (SPEC sysfs 17). */
export const groupsDirectory = new DirectoryType<GlobalGroups>('proc groups', {
  mode: PROC_DIRECTORY_MODE,
  collections: [directories(groupDirectory, (groups) => groups.byName)],
});

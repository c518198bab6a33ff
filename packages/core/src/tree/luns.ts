import { type ByteString } from '../bytes.js';
import { type Device } from '../device/device.js';
import { ScstError } from '../errors.js';
import { shownName } from '../shown-name.js';
import { AccessGroup } from '../target/access-group.js';
import { type Lun } from '../target/lun.js';
import { parseNumber, UL } from '../text/numbers.js';
import { type Words } from '../text/words.js';
import { bit } from './attribute.js';
import { type CollectionRow, directoryRow, DirectoryType, type FixedRow, linkRow } from './directory.js';
import { mgmtRow, nothingMore, parameters, parametersNote } from './mgmt.js';

/** `luns/N/` (SPEC sysfs 5). */
const lunDirectory = new DirectoryType<Lun>('lun', {
  attributes: [{ name: 'read_only', mode: 0o444, value: (lun) => bit(lun.effectiveReadOnly), key: (lun) => lun.effectiveReadOnly }],
  fixed: [linkRow('device', (lun) => `${lun.set.name === null ? '../../../../../' : '../../../../../../../'}devices/${shownName(lun.device.name)}`)],
});

const findDevice = (set: AccessGroup, name: ByteString): Device => {
  const device = set.target.core.devices.get(name);
  if (device === undefined) throw new ScstError('EINVAL', `there is no device ${name === '' ? 'without a name' : name}`);
  return device;
};

/** What follows the device in `add` and `replace`: the LUN and its parameters. */
const mapping = (words: Words): { number: number; readOnly: boolean } => {
  const number = AccessGroup.checkNumber(parseNumber(UL, words.next()));
  let readOnly = false;
  for (const [name, value] of parameters(words.rest)) {
    const flag = parseNumber(UL, value) !== 0n;
    if (name.toLowerCase() !== 'read_only') throw new ScstError('EINVAL', `there is no parameter ${name}; there is read_only`);
    readOnly = flag;
  }
  return { number, readOnly };
};

const replace =
  (quiet: boolean) =>
  async (set: AccessGroup, words: Words): Promise<void> => {
    const device = findDevice(set, words.next());
    const { number, readOnly } = mapping(words);
    await set.replaceLun(device, number, { readOnly, quiet });
  };

const numbered: CollectionRow<AccessGroup> = {
  lookup: (set, name) => {
    const lun = /^(?:0|[1-9]\d{0,4})$/.test(name) ? set.luns.get(Number(name)) : undefined;
    return lun === undefined ? undefined : lunDirectory.of(lun);
  },
  *names(set) {
    for (const number of set.luns.keys()) yield [String(number), 'directory'];
  },
};

const lunsDirectory = new DirectoryType<AccessGroup>('luns', {
  attributes: [
    mgmtRow<AccessGroup>({
      commands: [
        {
          word: 'add',
          usage: 'add DEVICE LUN [parameters]',
          run: (set, words) => {
            const device = findDevice(set, words.next());
            const { number, readOnly } = mapping(words);
            set.addLun(device, number, { readOnly });
          },
        },
        { word: 'replace', usage: 'replace DEVICE LUN [parameters]', run: replace(false) },
        { word: 'replace_no_ua', usage: 'replace_no_ua DEVICE LUN [parameters]', run: replace(true) },
        {
          word: 'del',
          usage: 'del LUN',
          run: async (set, words) => {
            const number = parseNumber(UL, words.next());
            nothingMore(words);
            await set.deleteLun(Number(number));
          },
        },
        {
          word: 'clear',
          usage: 'clear',
          run: async (set, words) => {
            nothingMore(words);
            await set.clearLuns();
          },
        },
      ],
      notes: `\nwhere parameters are one or more param=value pairs separated by ";"\n${parametersNote(['read_only'])}`,
    }),
  ],
  collections: [numbered],
});

/** The directory `luns` of a target or a group. */
export const lunsRow = <T>(set: (owner: T) => AccessGroup): FixedRow<T> => directoryRow('luns', lunsDirectory, set);

/** The path of a LUN's directory, from the root of the tree. */
export const lunPath = (lun: Lun): ByteString => {
  const { target, name } = lun.set;
  const set = name === null ? '' : `ini_groups/${shownName(name)}/`;
  return `targets/${target.driver.name}/${shownName(target.name)}/${set}luns/${lun.number}`;
};

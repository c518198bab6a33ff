import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { ScstError } from '../errors.js';
import { PassThroughHandler } from '../handlers/pass-through-handler.js';
import { type GlobalGroups } from '../target/global-groups.js';
import { leadingNumber } from '../text/numbers.js';
import { trimSpaceBefore, type Words } from '../text/words.js';
import { type CollectionRow, directoryRow, DirectoryType } from '../tree/directory.js';
import { type ScstRoot } from '../tree/root.js';
import { sgvText } from '../tree/sgv.js';
import { SCST_VERSION } from '../version.js';
import { groupsDirectory } from './groups.js';
import { handlerDirectory, handlerNames } from './handlers.js';
import { HELP } from './help.js';
import { commandStore, noMoreWords, PROC_DIRECTORY_MODE, procFile } from './proc-file.js';
import { driverName, driversOf, sessionsText } from './sessions.js';
import { traceLevelFile } from './trace-level.js';

const groupsOf = ({ core }: ScstRoot): GlobalGroups => {
  if (core.globalGroups === null) throw new Error('the core is not administered through procfs');
  return core.globalGroups;
};

const addGroup = (root: ScstRoot, words: Words): void => {
  const name = words.next();
  const method = words.next();
  noMoreWords(words);
  if (method !== '' && method.toUpperCase() !== 'FLAT') throw new ScstError('EINVAL', `there is no addressing method ${method}; there is FLAT`);
  const group = groupsOf(root).create(name);
  if (method !== '') group.addrMethod = 'FLAT';
};

const renameGroup = async (root: ScstRoot, words: Words): Promise<void> => {
  const name = words.next();
  const newName = words.next();
  noMoreWords(words);
  await groupsOf(root).rename(name, newName);
};

/** The four numbers of an `H:C:I:L`, and what follows it. */
const takeHctl = (text: ByteString): { hctl: string; rest: ByteString } => {
  const numbers: bigint[] = [];
  let rest = text;
  while (numbers.length < 4) {
    if (numbers.length > 0 && !rest.startsWith(':')) throw new ScstError('EINVAL', `${text} does not begin with HOST:CHANNEL:ID:LUN`);
    const part = leadingNumber(numbers.length > 0 ? rest.slice(1) : rest);
    numbers.push(part.value);
    rest = part.rest;
  }
  return { hctl: numbers.map((number) => number.toString()).join(':'), rest };
};

const assign = ({ core }: ScstRoot, words: Words): void => {
  const { hctl, rest } = takeHctl(trimSpaceBefore(words.rest));
  const [name = ''] = trimSpaceBefore(rest.slice(1)).split(/[ \t-\r\u00a0]/);
  const handler = core.handlers.get(name);
  if (!(handler instanceof PassThroughHandler)) throw new ScstError('EINVAL', `there is no pass-through handler ${name}`);
  handler.assign(handler.find(hctl));
};

const deviceLine = (device: ByteString, handler: ByteString): string => `${device.padEnd(60)}${handler}\n`;

const devicesFile = procFile<ScstRoot>({
  name: 'scsi_tgt',
  show: ({ core }) => {
    const lines = [...core.devices.values()].map(({ name, handler }) => deviceLine(name, handler?.name ?? 'none'));
    return deviceLine('Device (host:ch:id:lun or name)', 'Device handler') + lines.join('');
  },
  store: commandStore<ScstRoot>({
    core: ({ core }) => core,
    commands: [
      { start: 'assign ', run: assign },
      { start: 'add_group ', run: addGroup },
      {
        start: 'del_group ',
        run: async (root, words) => {
          const name = words.next();
          noMoreWords(words);
          await groupsOf(root).delete(name);
        },
      },
      { start: 'rename_group ', run: renameGroup },
    ],
  }),
});

const threadsFile = procFile<ScstRoot>({
  name: 'threads',
  show: ({ core }) => `${core.settings.threads}\n`,
  store: ({ core }, text) => {
    const threads = Number(BigInt.asIntN(32, leadingNumber(text).value));
    if (threads < 1) throw new ScstError('EINVAL', 'there must be one thread at least');
    core.settings.threads = threads;
  },
});

const driverDirectory = new DirectoryType('proc driver', { mode: PROC_DIRECTORY_MODE });

const findDriver = (core: ScstCore, name: ByteString): object | undefined => driversOf(core).find((driver) => driverName(driver) === name);

const driversAndHandlers: CollectionRow<ScstRoot> = {
  lookup: ({ core }, name) => {
    const driver = findDriver(core, name);
    return driver === undefined ? handlerDirectory(core, name) : driverDirectory.of(driver);
  },
  *names({ core }) {
    for (const driver of driversOf(core)) yield [driverName(driver), 'directory'];
    for (const name of handlerNames(core)) yield [name, 'directory'];
  },
};

/** `/proc/scsi_tgt` (SPEC sysfs 17). */
export const scsiTgtDirectory = new DirectoryType<ScstRoot>('scsi_tgt', {
  mode: PROC_DIRECTORY_MODE,
  attributes: [
    devicesFile,
    procFile<ScstRoot>({ name: 'help', show: () => HELP }),
    procFile<ScstRoot>({ name: 'sessions', show: ({ core }) => sessionsText(core) }),
    procFile<ScstRoot>({ name: 'sgv', show: () => sgvText() }),
    threadsFile,
    traceLevelFile<ScstRoot>(
      ({ core }) => core.settings.traceLevel,
      ({ core }) => core,
    ),
    procFile<ScstRoot>({ name: 'version', show: () => `${SCST_VERSION}\nTRACING\n` }),
  ],
  fixed: [directoryRow('groups', groupsDirectory, groupsOf)],
  collections: [driversAndHandlers],
});

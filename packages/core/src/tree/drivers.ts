import { ScstError } from '../errors.js';
import { type ScstCore } from '../core.js';
import { CopyManager } from '../target/copy-manager.js';
import { ScstLocalDriver } from '../target/scst-local.js';
import { type Session } from '../target/session.js';
import { type TargetDriver } from '../target/target-driver.js';
import { type Target } from '../target/target.js';
import { parseNumber, UL } from '../text/numbers.js';
import { parameterStretches, Words } from '../text/words.js';
import { SCST_LOCAL_DATE, SCST_VERSION } from '../version.js';
import { bit } from './attribute.js';
import { type CollectionRow, type DirectoryEntry, DirectoryType } from './directory.js';
import { mgmtRow, nothingMore, parametersNote, required } from './mgmt.js';
import { shownDirectories } from './shown.js';
import { PROTECTION_CAPABILITIES, targetDirectory } from './target.js';
import { traceLevelRow } from './trace-level.js';
import { Waiting } from './work-queue.js';

/** What follows the target in `add_target`: initiators to log in. A stretch of white space ends the list, as an empty one does. */
function* sessionNames(text: string): Generator<string> {
  for (const stretch of parameterStretches(text)) {
    const words = new Words(stretch);
    const name = words.next();
    if (name === '') return;
    if (name.toLowerCase() !== 'session_name') throw new ScstError('EINVAL', `there is no parameter ${name}; there is session_name`);
    yield required(words, 'the name of a session');
  }
}

const addTarget = async (driver: ScstLocalDriver, words: Words): Promise<void> => {
  const target = driver.addTarget(required(words, 'the name of a target'));
  try {
    for (const name of sessionNames(words.rest)) await driver.addSession(target, name);
  } catch (error) {
    await driver.removeTarget(target);
    throw error;
  }
};

const deleteTarget = (driver: ScstLocalDriver, words: Words): Waiting => {
  const name = required(words, 'the name of a target');
  nothingMore(words);
  const target = driver.target(name);
  if (target === undefined) throw new ScstError('ENOENT', `scst_local has no target ${name}`);
  return new Waiting(driver.removeTarget(target));
};

/** What follows `add_session`, `del_session` and any word that is no command: a target there is, and a name. */
const targetAndName = (driver: ScstLocalDriver, words: Words): { target: Target; name: string } => {
  const targetName = required(words, 'the name of a target');
  const target = driver.target(targetName);
  if (target === undefined) throw new ScstError('EINVAL', `scst_local has no target ${targetName}`);
  return { target, name: required(words, 'the name of a session') };
};

const deleteSession = (driver: ScstLocalDriver, words: Words): void => {
  const { target, name } = targetAndName(driver, words);
  const session: Session | undefined = driver.findSession(target, name);
  if (session === undefined) throw new ScstError('EINVAL', `target ${target.name} has no session of initiator ${name}`);
  driver.closeSoon(session);
};

/** `targets/scst_local/` (SPEC sysfs 3). */
const scstLocalDirectory = new DirectoryType<ScstLocalDriver>('scst_local', {
  attributes: [
    mgmtRow<ScstLocalDriver>({
      commands: [
        { word: 'add_target', usage: 'add_target target_name [parameters]', run: addTarget },
        { word: 'del_target', usage: 'del_target target_name', run: deleteTarget },
        {
          word: 'add_session',
          usage: 'add_session target_name session_name',
          run: (driver, words) => {
            const { target, name } = targetAndName(driver, words);
            return new Waiting(driver.addSession(target, name));
          },
        },
        { word: 'del_session', usage: 'del_session target_name session_name', run: deleteSession },
      ],
      // SCST does nothing for a word it does not know when a target and one more word follow.
      other: (driver, words) => {
        targetAndName(driver, words);
      },
      notes: `\nwhere parameters are one or more param_name=value pairs separated by ';'\n\n${parametersNote(['session_name'])}\n`,
    }),
    {
      name: 'stats',
      mode: 0o444,
      value: ({ stats }) => `Aborts: ${stats.aborts}, Device Resets: ${stats.deviceResets}, Target Resets: ${stats.targetResets}`,
    },
    traceLevelRow<ScstLocalDriver>((driver) => driver.traceLevel),
    { name: 'version', mode: 0o444, value: () => `${SCST_VERSION}/${SCST_LOCAL_DATE}\nTRACING` },
  ],
  collections: [shownDirectories(targetDirectory, (driver) => driver.targets)],
});

/** `targets/copy_manager/` (SPEC sysfs 12). */
const copyManagerDirectory = new DirectoryType<CopyManager>('copy_manager', {
  attributes: [
    {
      name: 'allow_not_connected_copy',
      mode: 0o644,
      value: (driver) => bit(driver.allowNotConnectedCopy),
      key: (driver) => driver.allowNotConnectedCopy,
      store: (driver, text) => {
        driver.allowNotConnectedCopy = parseNumber(UL, text) !== 0n;
      },
    },
    { name: 'dif_capabilities', mode: 0o444, value: () => PROTECTION_CAPABILITIES },
  ],
  collections: [shownDirectories(targetDirectory, (driver) => driver.targets)],
});

/** The directory of a driver of another kind. */
const driverDirectory = new DirectoryType<TargetDriver>('target driver', {
  collections: [shownDirectories(targetDirectory, (driver) => driver.targets)],
});

const directoryOf = (driver: TargetDriver): DirectoryEntry => {
  if (driver instanceof ScstLocalDriver) return scstLocalDirectory.of(driver);
  if (driver instanceof CopyManager) return copyManagerDirectory.of(driver);
  return driverDirectory.of(driver);
};

const drivers: CollectionRow<ScstCore> = {
  lookup: (core, name) => {
    const driver = core.drivers.get(name);
    return driver === undefined ? undefined : directoryOf(driver);
  },
  *names(core) {
    for (const name of core.drivers.keys()) yield [name, 'directory'];
  },
};

/** `targets/`. */
export const targetsDirectory = new DirectoryType<ScstCore>('targets', { collections: [drivers] });

import { type OperationOptions, SysfsError, type SysfsTree } from '@scst/sysfs';
import { linkedName } from '../paths.js';

/** What stands under a LUN: two that differ are two devices to an initiator. */
export interface SeenLun {
  readonly number: number;
  /** The device's name. */
  readonly device: string;
  readonly readOnly: boolean;
}

/** What has changed between two looks at a session's LUNs. */
export interface LunChanges {
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Another device, or the same with another access, under the same number. */
  readonly replaced: readonly number[];
}

/**
 * The LUNs that a session sees, read off the tree.
 *
 * @param path The session's directory. Its link `luns` leads to the set it uses, whichever that is at the moment.
 */
export const readLuns = async (tree: SysfsTree, path: string, options?: OperationOptions): Promise<ReadonlyMap<number, SeenLun>> => {
  const entries = await tree.list(`${path}/luns/`, options);
  const luns = await Promise.all(entries.filter(({ type }) => type === 'directory').map(({ name }) => readLun(tree, `${path}/luns/${name}`, Number(name), options)));
  return new Map(luns.filter((lun) => lun !== undefined).sort((a, b) => a.number - b.number).map((lun) => [lun.number, lun]));
};

const readLun = async (tree: SysfsTree, path: string, number: number, options?: OperationOptions): Promise<SeenLun | undefined> => {
  try {
    const [device, readOnly] = await Promise.all([linkedName(tree, `${path}/device`), tree.read(`${path}/read_only`, options)]);
    return { number, device, readOnly: readOnly[0] === 0x31 };
  } catch (error) {
    // It may go while it is looked at.
    if (error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'ENODEV')) return undefined;
    throw error;
  }
};

export const compareLuns = (before: ReadonlyMap<number, SeenLun>, after: ReadonlyMap<number, SeenLun>): LunChanges => ({
  added: [...after.keys()].filter((number) => !before.has(number)),
  removed: [...before.keys()].filter((number) => !after.has(number)),
  replaced: [...after.values()].filter((lun) => differs(before.get(lun.number), lun)).map(({ number }) => number),
});

const differs = (before: SeenLun | undefined, after: SeenLun): boolean => before !== undefined && (before.device !== after.device || before.readOnly !== after.readOnly);

export const isChange = ({ added, removed, replaced }: LunChanges): boolean => added.length + removed.length + replaced.length > 0;

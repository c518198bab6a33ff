import { baseName, isGone, parentPath, parseAttribute, type SysfsTree } from '@scst/sysfs';
import { sameValue } from '../attributes/equal.js';
import { type Goal, type Operation } from '../plan/operation.js';

/** Whether the tree is as an operation would leave it. Reads anew each time. */
export const isReached = async (tree: SysfsTree, { goal, kind }: Operation): Promise<boolean> => {
  try {
    return await holds(tree, goal, kind === 'add-lun' || kind === 'replace-lun');
  } catch (error) {
    if (isGone(error)) return goal.type === 'absent';
    throw error;
  }
};

const holds = async (tree: SysfsTree, goal: Goal, isLun: boolean): Promise<boolean> => {
  switch (goal.type) {
    case 'present':
      await tree.stat(goal.path);
      return true;
    case 'absent':
      await tree.stat(goal.path);
      return false;
    case 'link':
      return baseName(await tree.readlink(goal.path)) === goal.name;
    case 'value':
      return sameValue(goal.attribute, goal.value, parseAttribute(await tree.read(goal.path)).value, isLun ? 'lun' : 'other');
    case 'bytes':
      return Buffer.from(await tree.read(goal.path)).toString('hex') === goal.hex;
    case 'none':
      return false;
  }
};

/** Why an attribute cannot be set on an object that was made by this apply, undefined when it should have worked. */
export const whyUnsettable = async (tree: SysfsTree, { kind, write }: Operation): Promise<string | undefined> => {
  if ((kind !== 'set-attribute' && kind !== 'set-transport-id') || write === undefined) return undefined;
  try {
    const entry = (await tree.list(parentPath(write.path))).find(({ name }) => name === baseName(write.path));
    if (entry === undefined) return 'it has no such attribute';
    return ((await tree.stat(write.path)).mode & 0o200) === 0 ? 'it cannot be changed' : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

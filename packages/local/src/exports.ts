import { readAttribute, type SysfsTree } from '@scst/sysfs';
import { type Context } from './context.js';
import { linkedName, links, directories } from './paths.js';
import { type LunChoice, type SessionPlace, sessionPlaces } from './use/find-uses.js';

/** Where a device is exported: a LUN of a target or of a group. */
export interface Export {
  driver: string;
  target: string;
  /** Undefined: the target's own LUNs. */
  group: string | undefined;
  lun: number;
}

/** Where a device is exported, the copy manager's own export of every virtual device left out. */
export const exportsOf = async (tree: SysfsTree, device: string): Promise<Export[]> => {
  const names = await links(tree, `${device}/exported`);
  const targets = await Promise.all(names.map((name) => tree.readlink(`${device}/exported/${name}`)));
  return targets.flatMap((target) => {
    const parts = /targets\/([^/]+)\/([^/]+)\/(?:ini_groups\/([^/]+)\/)?luns\/(\d+)$/.exec(target);
    if (parts === null) return [];
    const [, driver = '', name = '', group, lun] = parts;
    return driver === 'copy_manager' ? [] : [{ driver, target: name, group, lun: Number(lun) }];
  });
};

/** The sessions of the targets that export a device, and the LUNs of them that show it. */
export const shownTo = async (context: Context, device: string): Promise<{ sessions: SessionPlace[]; only: LunChoice[] }> => {
  const choices = (await exportsOf(context.tree, device)).map(({ driver, target, group, lun }) => ({ target: `targets/${driver}/${target}`, group, lun }));
  const targets = [...new Set(choices.map(({ target }) => target))];
  const sessions = (await Promise.all(targets.map((target) => sessionPlaces(context, target)))).flat();
  const only = choices.map(({ target, group, lun }) => ({ set: `${target}/${group === undefined ? '' : `ini_groups/${group}/`}luns`, lun }));
  return { sessions, only };
};

/** A LUN: a device under a number. */
export interface Lun {
  readonly number: number;
  /** The device's name. */
  readonly device: string;
  readonly readOnly: boolean;
}

/** The LUNs in a `luns` directory, in order of their numbers. */
export const readLuns = async (tree: SysfsTree, set: string): Promise<Lun[]> => {
  const luns = await Promise.all(
    (await directories(tree, set)).map(async (name): Promise<Lun> => {
      const path = `${set}/${name}`;
      const [device, readOnly] = await Promise.all([linkedName(tree, `${path}/device`), tree.read(`${path}/read_only`)]);
      return { number: Number(name), device, readOnly: readOnly[0] === 0x31 };
    }),
  );
  return luns.sort((a, b) => a.number - b.number);
};

/** The initiator names in an `initiators` directory. A `!` in the name of a file may stand for a `/`: the file has the name itself in it. */
export const readInitiators = async (tree: SysfsTree, directory: string): Promise<string[]> => {
  const files = (await tree.list(directory)).map(({ name }) => name).filter((name) => name !== 'mgmt');
  return await Promise.all(files.map(async (name) => (name.includes('!') ? (await readAttribute(tree, `${directory}/${name}`)).value : name)));
};

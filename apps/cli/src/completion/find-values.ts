import { type Scst } from '@scst/local';
import { SCST_MODULES } from '@scst/sysfs';
import { DEFAULT_DRIVER } from '../address/resolve.js';
import { type ValueKind } from '../definition.js';
import { attempt } from '../survey/attempt.js';
import { surveyDrivers, type TargetView } from '../survey/target.js';

/** The names of a kind that an SCST has now. Files are the shell's own business. */
export const findValues = async (scst: Scst, kind: ValueKind, word: string): Promise<readonly string[]> => {
  switch (kind) {
    case 'device':
      return (await scst.devices()).map(({ name }) => name);
    case 'handler':
      return (await scst.handlers()).map(({ name }) => name);
    case 'driver':
      return (await scst.drivers()).map(({ name }) => name);
    case 'module':
      return [...new Set([...SCST_MODULES, ...(await scst.modules.list()).map(({ name }) => name)])];
    case 'attribute-path':
      return await paths(scst, word, true);
    case 'mgmt-path':
      return await paths(scst, word, false);
    case 'target':
      return await addresses(scst, (target) => [target.name]);
    case 'session':
      return await addresses(scst, ({ name, sessions }) => sessions.map((session) => `${name}/${session.name}`));
    case 'group':
      return await addresses(scst, ({ name, groups }) => groups.map((group) => `${name}/${group.name}`));
    case 'lun-set':
      return await addresses(scst, ({ name, groups }) => [name, ...groups.map((group) => `${name}/${group.name}`)]);
    case 'lun-address':
      return await addresses(scst, lunAddresses);
    case 'file':
    case 'directory':
      return [];
  }
};

const addresses = async (scst: Scst, of: (target: TargetView) => readonly string[]): Promise<string[]> =>
  (await surveyDrivers(scst))
    .filter(({ name }) => name !== 'copy_manager')
    .flatMap((driver) => driver.targets.flatMap(of).map((address) => (driver.name === DEFAULT_DRIVER ? address : `${driver.name}:${address}`)));

const lunAddresses = ({ name, luns, groups, sessions }: TargetView): string[] =>
  sessions.flatMap((session) => {
    const seen = session.group === undefined ? luns : (groups.find((group) => group.name === session.group)?.luns ?? []);
    return seen.map(({ lun }) => `${name}/${session.name}/${lun}`);
  });

/** Entries of the directory of the tree that a path is in; directories end with a slash. */
const paths = async (scst: Scst, word: string, files: boolean): Promise<string[]> => {
  const parent = word.slice(0, word.lastIndexOf('/') + 1);
  const entries = (await attempt(scst.tree.list(parent))) ?? [];
  return entries.flatMap(({ name, type }) => {
    if (type !== 'file') return [`${parent}${name}/`];
    return files || name === 'mgmt' ? [`${parent}${name}`] : [];
  });
};

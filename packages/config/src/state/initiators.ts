import { type TreeReader } from '@scst/sysfs';

/** The initiator names of a group. A `!` in the name of a file may stand for a `/`: the file has the name itself in it. */
export const readInitiators = async (reader: TreeReader, group: string): Promise<string[]> => {
  const files = (await reader.names(`${group}/initiators`, 'file')).filter((name) => name !== 'mgmt');
  return Promise.all(files.map(async (file) => (file.includes('!') ? ((await reader.attribute(`${group}/initiators/${file}`))?.value ?? file) : file)));
};

import { parseAttribute, type SysfsTree } from '@scst/sysfs';
import { markdownTable, writtenBy } from './markdown.js';

/** Directories whose entries are described once for all of a kind, by a path of one of them. */
export interface ReferencePlace {
  readonly title: string;
  readonly path: string;
}

/** Values that differ from machine to machine, or run to run. */
const VARIABLE = new Set(['version', 'cpu_mask', 'threads', 'thread_pid', 't10_dev_id', 'usn', 'eui64_id', 'naa_id', 'filename', 'pr_file_name', 'last_sysfs_mgmt_res', 'transport_id']);

/**
 * The text of docs/reference/attributes.md: every file of some places of a tree, as it is when the object has just been made.
 *
 * @param tree One that has every place.
 */
export const attributesDocument = async (tree: SysfsTree, places: readonly ReferencePlace[]): Promise<string> => {
  const sections = await Promise.all(places.map((place) => section(tree, place)));
  return `# Attributes

${writtenBy('the attribute tables')}

Every file of the tree, \`/sys/kernel/scst_tgt\` of the kernel, with its mode and what it shows when its object has just been made. \`mgmt\` files
take commands; reading one lists them. A value that differs from its default is followed by a line \`[key]\`, and is what \`config save\` keeps.

${sections.join('\n\n')}
`;
};

const section = async (tree: SysfsTree, { title, path }: ReferencePlace): Promise<string> => {
  const rows: string[][] = [];
  for (const { name, type } of await tree.list(path)) {
    const full = path === '' ? name : `${path}/${name}`;
    if (type !== 'file') {
      rows.push([`\`${name}\``, type, '']);
      continue;
    }
    const { mode } = await tree.stat(full);
    rows.push([`\`${name}\``, mode.toString(8).padStart(4, '0'), (mode & 0o444) === 0 ? 'write-only' : await shown(tree, full, name)]);
  }
  return `## ${title}\n\n\`${path === '' ? '.' : path}\`\n\n${markdownTable(['entry', 'mode', 'at first'], rows)}`;
};

const shown = async (tree: SysfsTree, path: string, name: string): Promise<string> => {
  if (name === 'mgmt') return 'its commands';
  if (VARIABLE.has(name)) return 'of the object or the machine';
  const { value } = parseAttribute(await tree.read(path));
  if (value === '') return 'empty';
  return value.includes('\n') ? 'several lines' : `\`${value.trimEnd()}\``;
};

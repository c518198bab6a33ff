import { formatAttribute } from '../attribute/text.js';
import { parseKernelNumber } from '../attribute/number.js';
import { ERRNO } from '../errno.js';
import { decodeName, fromByteString, toByteString } from '../names.js';
import { AttributeRefusal, type MemoryAttribute } from './memory-nodes.js';
import { MemoryTree } from './memory-tree.js';

/**
 * The smallest tree {@link treeCompliance} can be run against: a MemoryTree in the outlines of a real SCST with the modules scst,
 * scst_vdisk and scst_local. It has `setup_id`, `version`, `last_sysfs_mgmt_res`; targets of scst_local and devices of vdisk_nullio
 * can be added and deleted through their `mgmt` files (parameters are ignored) and have a few of their attributes.
 */
export const standardMemoryTree = (): MemoryTree => {
  const tree = new MemoryTree();
  let setupId = 0n;
  let lastResult = 0;

  /** A mgmt file: a table of commands by name, each given the words after the command. */
  const commands = (usage: string, table: Readonly<Record<string, (name: string) => void>>): MemoryAttribute => ({
    show: () => usage,
    store: (data) => {
      const [command = '', name] = words(data);
      lastResult = 0;
      try {
        const run = table[command.toLowerCase()];
        if (run === undefined || name === undefined) throw new AttributeRefusal('EINVAL');
        run(name);
      } catch (error) {
        if (error instanceof AttributeRefusal) lastResult = -ERRNO[error.code];
        throw error;
      }
    },
  });

  tree
    .file('setup_id', {
      show: () => formatAttribute(`0x${setupId.toString(16)}`, { key: setupId !== 0n }),
      store: (data) => {
        setupId = number(data) & 0xffffffffn;
      },
    })
    .file('version', { show: () => 'SCST version: 3.11.0-pre\n' })
    .file('last_sysfs_mgmt_res', { show: () => `${lastResult}\n` })
    .directory('devices')
    .directory('device_groups')
    .file('targets/scst_local/version', { show: () => '3.11.0-pre/20110901\n' })
    .file('targets/scst_local/mgmt', commands('Usage: echo "add_target target_name" >mgmt\n', {
      add_target: (name) => { addTarget(tree, name); },
      del_target: (name) => {
        if (!tree.has(`targets/scst_local/${shown(name)}/luns`)) throw new AttributeRefusal('ENOENT');
        tree.remove(`targets/scst_local/${shown(name)}`);
      },
    }))
    .file('handlers/vdisk_nullio/type', { show: () => '0 - Direct-access device (e.g., magnetic disk)\n' })
    .file('handlers/vdisk_nullio/mgmt', commands('Usage: echo "add_device device_name" >mgmt\n', {
      add_device: (name) => { addDevice(tree, name); },
      del_device: (name) => {
        if (!tree.has(`devices/${name}`)) throw new AttributeRefusal('EINVAL');
        tree.remove(`devices/${name}`).remove(`handlers/vdisk_nullio/${name}`);
      },
    }));
  return tree;
};

const addTarget = (tree: MemoryTree, name: string): void => {
  const path = `targets/scst_local/${shown(name)}`;
  if (tree.has(path)) throw new AttributeRefusal('EFAULT');
  let comment = '';
  let id = 0n;
  tree
    .directory(`${path}/luns`)
    .directory(`${path}/sessions`)
    .file(`${path}/sg_tablesize`, { show: () => '65535\n' })
    .file(`${path}/comment`, {
      show: () => (comment === '' ? '' : fromByteString(`${comment}\n[key]\n`)),
      store: (data) => {
        comment = toByteString(data).split('\0', 1)[0]?.replace(/\n$/u, '') ?? '';
      },
    })
    .file(`${path}/rel_tgt_id`, {
      show: () => formatAttribute(String(id), { key: id !== 0n }),
      store: (data) => {
        const given = number(data);
        if (given < 1n || given > 65535n) throw new AttributeRefusal('EINVAL');
        id = given;
      },
    });
};

const addDevice = (tree: MemoryTree, name: string): void => {
  if (tree.has(`devices/${name}`)) throw new AttributeRefusal('EEXIST');
  if (/[/.]/u.test(name)) throw new AttributeRefusal('EINVAL');
  tree
    .link(`devices/${name}/handler`, '../../handlers/vdisk_nullio')
    .file(`devices/${name}/type`, { show: () => '0 - Direct-access device (e.g., magnetic disk)\n' })
    .file(`devices/${name}/dump_prs`, { store: () => undefined })
    .directory(`devices/${name}/exported`)
    .link(`handlers/vdisk_nullio/${name}`, `../../devices/${name}`);
};

/** `/` cannot be part of a file's name; the kernel shows `!` (SPEC 3.2). */
const shown = (name: string): string => name.replaceAll('/', '!');

const number = (data: Uint8Array): bigint => {
  const value = parseKernelNumber(data, 'ulong');
  if (typeof value === 'string') throw new AttributeRefusal(value);
  return value;
};

/** Words of a command (SPEC 1.2). */
const words = (data: Uint8Array): string[] =>
  (toByteString(data).split('\0', 1)[0] ?? '')
    .split(/[\t-\r =\xa0]+/u)
    .filter((word) => word !== '')
    .map((word) => decodeName(fromByteString(word)));

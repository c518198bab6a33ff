import { basename } from 'node:path';
import { type Machine, machineAt, type MachineRoots } from '../roots.js';
import { describeStacked, stackOn, type StackedDevice } from './block-stack.js';
import { blockName, hiddenUse } from './claims.js';
import { type DeviceUse, type UsableDevice } from './device-use.js';
import { allMounts, btrfsMembers, isMountOf, quickMounts, type SeenMount, withoutRepeats } from './mounts.js';
import { nodeUsers, type NodeUser } from './open-nodes.js';
import { swapAreas } from './swaps.js';

export interface FindUsesOptions extends MachineRoots {
  /** Processes that do not count as users: a program that has devices open for the asker. */
  readonly exceptProcesses?: readonly number[] | undefined;
}

/** A device, its stack, and the other nodes that lead to it. */
interface Looked {
  readonly device: UsableDevice;
  readonly stack: readonly StackedDevice[];
  readonly nodes: readonly string[];
}

/**
 * What holds SCSI devices: processes that have them open, mounts, swap, and block devices made of them. Partitions count, and what is
 * stacked on them: a mount of an LVM volume is a use of the disk. Mounts are looked for in every mount namespace, and who has a disk for
 * himself without showing is found, too. Processes of other users show only to root.
 */
export const findUses = async (devices: readonly UsableDevice[], { exceptProcesses = [], ...roots }: FindUsesOptions = {}): Promise<DeviceUse[]> => {
  const machine = machineAt(roots);
  const looked = await Promise.all(devices.map((device) => look(machine, device)));
  const everyMount = await allMounts(machine);
  const [btrfs, swaps, users] = await Promise.all([
    btrfsMembers(machine),
    swapAreas(machine),
    nodeUsers(machine, [...new Set(looked.flatMap(({ nodes }) => nodes))], { except: new Set(exceptProcesses), quick: quickMounts(everyMount) }),
  ]);
  const tables = { mounts: withoutRepeats(everyMount), btrfs, swaps, users };
  const uses = await Promise.all(
    looked.map(async (one) => {
      const shown = shownUses(one, tables);
      return shown.length > 0 ? shown : await hiddenUse(machine, one.device);
    }),
  );
  return uses.flat();
};

interface Tables {
  readonly mounts: readonly SeenMount[];
  readonly btrfs: readonly (readonly string[])[];
  readonly swaps: readonly string[];
  readonly users: readonly NodeUser[];
}

const shownUses = ({ device: { address: device }, stack, nodes }: Looked, { mounts, btrfs, swaps, users }: Tables): DeviceUse[] => [
  ...stack.flatMap((member): DeviceUse[] => {
    const what = describeStacked(member);
    return mounts
      .filter((mount) => isMountOf(mount, member, btrfs))
      .map(({ directory, type, pid }) => ({
        device, kind: 'mount', node: member.node, mountPoint: directory, fileSystem: type, pid,
        reason: `${what} is mounted on ${directory} (${type})${pid === undefined ? '' : `, as process ${pid} sees it`}`,
      }));
  }),
  ...stack.filter(({ node }) => swaps.includes(node)).map((member): DeviceUse => ({ device, kind: 'swap', node: member.node, reason: `${describeStacked(member)} is swap` })),
  ...stack.flatMap(({ node, made, below }): DeviceUse[] => (below === undefined || made === undefined ? [] : [{ device, kind: 'holder', node: below.node, holder: node, reason: `${made} (${node}) is made of ${below.node}` }])),
  ...users.filter(({ node }) => nodes.includes(node)).map(({ pid, command, node }): DeviceUse => ({ device, kind: 'open', node, pid, command, reason: `process ${pid} (${command}) has ${node} open` })),
];

const look = async (machine: Machine, device: UsableDevice): Promise<Looked> => {
  const { node, sg, bsg } = device;
  const stack = node === undefined ? [] : await stackOn(machine, blockName(machine, node));
  const tapes = node !== undefined && /^st\d+$/u.test(basename(node)) ? tapeNodes(node) : [];
  return { device, stack, nodes: [...new Set([node, sg, bsg, ...tapes, ...stack.map((member) => member.node)].filter((path) => path !== undefined))] };
};

/** The other nodes of a tape drive: four modes, each rewinding at close or not. */
const tapeNodes = (node: string): string[] => {
  const other = node.replace(/st(\d+)$/u, 'nst$1');
  return [other, ...['a', 'l', 'm'].flatMap((mode) => [`${node}${mode}`, `${other}${mode}`])];
};

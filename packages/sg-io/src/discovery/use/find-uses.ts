import { basename } from 'node:path';
import { type Machine, machineAt, type MachineRoots } from '../roots.js';
import { describeStacked, type MountTables, stackOn, type StackedDevice } from './block-stack.js';
import { blockName, hiddenUse } from './claims.js';
import { mountOver, overlayLayers } from './covering.js';
import { type DeviceUse, type UsableDevice } from './device-use.js';
import { exportedNodes, type ExportedNode } from './exporters.js';
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
  const [everyMount, btrfs] = await Promise.all([allMounts(machine), btrfsMembers(machine)]);
  const looked = await Promise.all(devices.map((device) => look(machine, device, { mounts: everyMount, btrfs })));
  const [swaps, exported, users] = await Promise.all([
    swapAreas(machine),
    exportedNodes(machine),
    nodeUsers(machine, [...new Set(looked.flatMap(({ nodes }) => nodes))], { except: new Set(exceptProcesses), quick: quickMounts(everyMount) }),
  ]);
  const tables = { mounts: withoutRepeats(everyMount), btrfs, swaps, exported, users };
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
  readonly exported: readonly ExportedNode[];
  readonly users: readonly NodeUser[];
}

const shownUses = ({ device: { address: device }, stack, nodes }: Looked, { mounts, btrfs, swaps, exported, users }: Tables): DeviceUse[] => [
  ...stack.flatMap((member): DeviceUse[] => {
    const what = describeStacked(member);
    return mounts
      .filter((mount) => isMountOf(mount, member, btrfs))
      .map(({ directory, type, pid }) => ({
        device, kind: 'mount', node: member.node, mountPoint: directory, fileSystem: type, pid,
        reason: `${what} is mounted on ${directory} (${type})${pid === undefined ? '' : `, as process ${pid} sees it`}`,
      }));
  }),
  ...stack.flatMap((member): DeviceUse[] => {
    const what = describeStacked(member);
    const isOn = (path: string): boolean => {
      const over = mountOver(mounts, path);
      return over !== undefined && isMountOf(over, member, btrfs);
    };
    return [
      ...mounts
        .filter((mount) => overlayLayers(mount).some(isOn))
        .map(({ directory, pid }): DeviceUse => ({ device, kind: 'mount', node: member.node, mountPoint: directory, fileSystem: 'overlay', pid, reason: `${what} has a layer of the overlay on ${directory}` })),
      ...swaps.flatMap((path): DeviceUse[] => (path === member.node ? [{ device, kind: 'swap', node: member.node, reason: `${what} is swap` }] : isOn(path) ? [{ device, kind: 'swap', node: member.node, reason: `${what} has the swap file ${path}` }] : [])),
      ...exported.flatMap(({ path, node, what: who }): DeviceUse[] => (node === member.node ? [{ device, kind: 'target', node: member.node, reason: `${who} exports ${what}` }] : isOn(path) ? [{ device, kind: 'target', node: member.node, reason: `${who} exports ${path}, which is on ${what}` }] : [])),
    ];
  }),
  ...stack.flatMap(({ node, made, below }): DeviceUse[] => (below === undefined || made === undefined ? [] : [{ device, kind: 'holder', node: below.node, holder: node, reason: `${made} (${node}) is made of ${below.node}` }])),
  ...users.filter(({ node }) => nodes.includes(node)).map(({ pid, command, node }): DeviceUse => ({ device, kind: 'open', node, pid, command, reason: `process ${pid} (${command}) has ${node} open` })),
];

const look = async (machine: Machine, device: UsableDevice, tables: MountTables): Promise<Looked> => {
  const { node, sg, bsg } = device;
  const stack = node === undefined ? [] : await stackOn(machine, blockName(machine, node), tables);
  const tapes = node !== undefined && /^st\d+$/u.test(basename(node)) ? tapeNodes(node) : [];
  return { device, stack, nodes: [...new Set([node, sg, bsg, ...tapes, ...stack.map((member) => member.node)].filter((path) => path !== undefined))] };
};

/** The other nodes of a tape drive: four modes, each rewinding at close or not. */
const tapeNodes = (node: string): string[] => {
  const other = node.replace(/st(\d+)$/u, 'nst$1');
  return [other, ...['a', 'l', 'm'].flatMap((mode) => [`${node}${mode}`, `${other}${mode}`])];
};

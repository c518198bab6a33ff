import { type Device } from '../device.js';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type Use } from '../use/use.js';
import { realpath, stat } from 'node:fs/promises';
import { type Finding } from './finding.js';

/** What keeps pages of an SCST device in the machine's memory; a process that has it open may not. */
const HOLDS_PAGES: ReadonlySet<Use['kind']> = new Set(['mount', 'swap', 'holder']);

/** The handlers that need no memory of the page cache to write: pass-through ones, and vdisk_blockio. */
const isSafe = (handler: string): boolean => handler === 'vdisk_blockio' || handler.startsWith('dev_');

interface LookedDevice {
  readonly device: Device;
  readonly handler: string | undefined;
  readonly file: string | undefined;
  readonly uses: readonly Use[];
  readonly exported: boolean;
}

/** What is wrong with the devices of SCST. */
export const checkDevices = async (scst: Scst, options: { signal?: AbortSignal | undefined }): Promise<Finding[]> => {
  const looked = (await Promise.all((await scst.devices()).map((device) => orGone(() => look(scst, device, options))))).filter((one) => one !== undefined);
  const own = { mounts: mountsOf(looked), nodes: await nodesOf(scst, looked, options) };
  const [loops, missing] = await Promise.all([looked.map((one) => backingLoops(one, own)), looked.map(missingFile)].map((each) => Promise.all(each)));
  return [...looked.flatMap(memoryDeadlocks), ...(loops ?? []).flat(), ...looked.flatMap(noHandler), ...(missing ?? []).flat()];
};

const look = async (scst: Scst, device: Device, options: { signal?: AbortSignal | undefined }): Promise<LookedDevice> => {
  const [handler, file, uses, exports] = await Promise.all([
    device.handler(),
    orGone(() => device.attributes.get('filename', options)),
    // Elsewhere than in the kernel the sessions' devices are not those of the machine.
    scst.kind === 'kernel' ? device.uses(options) : [],
    device.exports(),
  ]);
  return { device, handler, file: file === undefined || file === 'none' || !file.startsWith('/') ? undefined : file, uses, exported: exports.length > 0 };
};

const memoryDeadlocks = ({ device, handler, uses }: LookedDevice): Finding[] => {
  if (handler === undefined || isSafe(handler)) return [];
  const reasons = [...new Set(uses.filter(({ kind }) => HOLDS_PAGES.has(kind)).map(({ reason }) => reason))];
  return reasons.map((reason) => ({
    code: 'memory-deadlock',
    severity: 'error',
    subject: device.name,
    message: `${reason}; the device ${device.name} is of the handler ${handler}, which itself needs memory to write: the two can wait for each other for ever`,
    hint: 'Use vdisk_blockio or a pass-through handler for what this machine itself mounts or swaps to, or use it from another machine.',
  }));
};

/** Where this machine has what SCST itself shows it. */
interface OwnStorage {
  readonly mounts: readonly { readonly mountPoint: string; readonly device: string }[];
  /** Block devices: the sessions' disks, and what is made of them. */
  readonly nodes: readonly { readonly node: string; readonly what: string }[];
}

const mountsOf = (looked: readonly LookedDevice[]): OwnStorage['mounts'] =>
  looked.flatMap(({ device, uses }) => uses.flatMap(({ mountPoint }) => (mountPoint === undefined ? [] : [{ mountPoint, device: device.name }])));

const nodesOf = async (scst: Scst, looked: readonly LookedDevice[], options: { signal?: AbortSignal | undefined }): Promise<OwnStorage['nodes']> => {
  if (scst.kind !== 'kernel') return [];
  const disks = (await scst.scsiDevices(options)).flatMap(({ node, address }) => (node === undefined ? [] : [{ node, what: `the disk ${address} of a session of this SCST` }]));
  const stacked = looked.flatMap(({ device, uses }) => uses.flatMap(({ holder }) => (holder === undefined ? [] : [{ node: holder, what: `made of the device ${device.name}` }])));
  return [...disks, ...stacked];
};

/** Whether a path is that of a block device or of a partition of it: `/dev/sdb1`, `/dev/loop0p1`. */
const isNodeOrPartition = (path: string, node: string): boolean => path === node || (path.startsWith(node) && /^p?\d+$/u.test(path.slice(node.length)) && !(/\d$/u.test(node) && /^\d/u.test(path.slice(node.length))));

const backingLoops = async ({ device, file }: LookedDevice, { mounts, nodes }: OwnStorage): Promise<Finding[]> => {
  if (file === undefined) return [];
  // A name below /dev/disk or /dev/mapper is a link to the node.
  const real = await realpath(file).catch(() => file);
  const lies = mounts.filter(({ mountPoint }) => real.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`)).map((mount) => `lies on ${mount.mountPoint}, which is mounted from the device ${mount.device}`);
  const is = nodes.filter(({ node }) => isNodeOrPartition(real, node)).map(({ what }) => `is ${what}`);
  return [...new Set([...lies, ...is])].map((how) => ({
    code: 'backing-loop',
    severity: 'error',
    subject: device.name,
    message: `the file ${file} of the device ${device.name} ${how}`,
    hint: 'Keep backing files on storage that does not come from this SCST.',
  }));
};

const noHandler = ({ device, handler, exported }: LookedDevice): Finding[] =>
  handler === undefined && exported
    ? [{ code: 'no-handler', severity: 'warning', subject: device.name, message: `the device ${device.name} is exported without a handler: nothing answers its commands, and the kernel’s SCST may crash on them`, hint: 'Give it to its pass-through handler (handlers/dev_disk/mgmt: add_device), or remove its LUNs.' }]
    : [];

const missingFile = async ({ device, file }: LookedDevice): Promise<Finding[]> => {
  if (file === undefined) return [];
  const missing = await stat(file).then(() => false, (error: unknown) => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
  return missing ? [{ code: 'missing-file', severity: 'warning', subject: device.name, message: `the file ${file} of the device ${device.name} is not there`, hint: 'Bring it back, or remove the device.' }] : [];
};

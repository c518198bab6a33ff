import { type Device } from '../device.js';
import { orGone } from '../paths.js';
import { type Scst } from '../scst.js';
import { type Use } from '../use/use.js';
import { type AskOptions, askPaths, type PathAnswer, PATIENCE } from '../answering/ask-paths.js';
import { mountOver, ownMounts } from '../answering/mounted-on.js';
import { stat } from 'node:fs/promises';
import { type Finding } from './finding.js';
import { silentMount } from './whole.js';

/** What keeps pages of an SCST device in the machine's memory; a process that has it open may not. */
const HOLDS_PAGES: ReadonlySet<Use['kind']> = new Set(['mount', 'swap', 'holder', 'target', 'claim']);

/** The handlers that need no memory of the page cache to write: pass-through ones, and vdisk_blockio. */
const isSafe = (handler: string): boolean => handler === 'vdisk_blockio' || handler.startsWith('dev_');

interface LookedDevice {
  readonly device: Device;
  readonly handler: string | undefined;
  readonly file: string | undefined;
  /** Bytes. */
  readonly size: string | undefined;
  /** What the file came to, where there is one. */
  readonly answer: PathAnswer | undefined;
  readonly uses: readonly Use[];
  readonly exported: boolean;
  readonly active: boolean;
  /** It is active, and what its initiators write goes to its file. */
  readonly writes: boolean;
}

interface CheckOptions extends AskOptions {
  /** A management command is at work: what SCST answers through its work queue waits for that, perhaps for ever. */
  readonly isBusy: boolean;
}

/** What is wrong with the devices of SCST. */
export const checkDevices = async (scst: Scst, options: CheckOptions): Promise<Finding[]> => {
  const found = (await Promise.all((await scst.devices()).map((device) => orGone(() => look(scst, device, options))))).filter((one) => one !== undefined);
  const answers = await askPaths(found.flatMap(({ file }) => file ?? []), options);
  const looked = found.map((one): LookedDevice => ({ ...one, answer: one.file === undefined ? undefined : answers.get(one.file) }));
  const own = { mounts: mountsOf(looked), nodes: await nodesOf(scst, looked, options) };
  return [
    ...looked.flatMap(memoryDeadlocks),
    ...looked.flatMap((one) => backingLoops(one, own)),
    ...looked.flatMap(noHandler),
    ...looked.flatMap(missingFile),
    ...(await sharedFiles(looked)),
    ...(await shortFiles(looked)),
    ...(await silentFiles(looked, options)),
  ];
};

const look = async (scst: Scst, device: Device, { isBusy, signal }: CheckOptions): Promise<Omit<LookedDevice, 'answer'>> => {
  const attribute = (name: string): Promise<string | undefined> => (isBusy ? Promise.resolve(undefined) : orGone(() => device.attributes.get(name, { signal })));
  const [handler, file, size, active, readOnly, uses, exports] = await Promise.all([
    device.handler(),
    attribute('filename'),
    attribute('size'),
    attribute('active'),
    attribute('read_only'),
    // Elsewhere than in the kernel the sessions' devices are not those of the machine.
    scst.kind === 'kernel' ? device.uses({ signal, commands: false }) : [],
    device.exports(),
  ]);
  return { device, handler, file: file === undefined || file === 'none' || !file.startsWith('/') ? undefined : file, size, uses, exported: exports.length > 0, active: active !== '0', writes: handler !== 'vcdrom' && active !== '0' && readOnly !== '1' };
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

const nodesOf = async (scst: Scst, looked: readonly LookedDevice[], { signal }: CheckOptions): Promise<OwnStorage['nodes']> => {
  if (scst.kind !== 'kernel') return [];
  const disks = (await scst.scsiDevices({ signal })).flatMap(({ node, address }) => (node === undefined ? [] : [{ node, what: `the disk ${address} of a session of this SCST` }]));
  const stacked = looked.flatMap(({ device, uses }) => uses.flatMap(({ holder }) => (holder === undefined ? [] : [{ node: holder, what: `made of the device ${device.name}` }])));
  return [...disks, ...stacked];
};

/** Whether a path is that of a block device or of a partition of it: `/dev/sdb1`, `/dev/loop0p1`. */
const isNodeOrPartition = (path: string, node: string): boolean => path === node || (path.startsWith(node) && /^p?\d+$/u.test(path.slice(node.length)) && !(/\d$/u.test(node) && /^\d/u.test(path.slice(node.length))));

const backingLoops = ({ device, file, answer }: LookedDevice, { mounts, nodes }: OwnStorage): Finding[] => {
  if (file === undefined) return [];
  // A name below /dev/disk or /dev/mapper is a link to the node.
  const real = answer?.state === 'there' ? answer.real : file;
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

const missingFile = ({ device, file, answer }: LookedDevice): Finding[] =>
  file !== undefined && answer?.state === 'refused' && (answer.errno === 'ENOENT' || answer.errno === 'ENOTDIR')
    ? [{ code: 'missing-file', severity: 'warning', subject: device.name, message: `the file ${file} of the device ${device.name} is not there`, hint: 'Bring it back, or remove the device.' }]
    : [];

const silentFiles = async (looked: readonly LookedDevice[], { timeout = PATIENCE }: AskOptions): Promise<Finding[]> => {
  const silent = looked.flatMap(({ device, file, answer }) => (file !== undefined && answer?.state === 'silent' ? [{ device, file }] : []));
  const mounts = silent.length === 0 ? [] : await ownMounts();
  return silent.map(({ device, file }) => {
    const mount = mountOver(mounts, file);
    const where = mount === undefined ? '' : `, on ${mount.directory} (${mount.type}),`;
    return silentMount(mount?.directory ?? file, `the file ${file} of the device ${device.name}${where} has not answered for ${timeout / 1000} s`);
  });
};

/** Devices that write to one file, by whatever names: the caches and reservations of each know nothing of the other. */
const sharedFiles = async (looked: readonly LookedDevice[]): Promise<Finding[]> => {
  const byFile = new Map<string, LookedDevice[]>();
  for (const one of looked) {
    if (one.file === undefined || !one.writes || one.answer?.state !== 'there') continue;
    const found = await stat(one.file, { bigint: true }).catch(() => undefined);
    if (found === undefined) continue;
    const key = found.isBlockDevice() ? `block ${found.rdev}` : `file ${found.dev} ${found.ino}`;
    byFile.set(key, [...(byFile.get(key) ?? []), one]);
  }
  return [...byFile.values()].flatMap(([first, ...others]): Finding[] =>
    first === undefined || others.length === 0
      ? []
      : [{ code: 'shared-file', severity: 'error', subject: first.device.name, message: `the devices ${[first, ...others].map(({ device }) => device.name).join(', ')} all write to the file ${first.file ?? ''}: initiators that take them for different disks destroy each other’s data`, hint: 'Export one device as several LUNs instead, or give each a file of its own.' }],
  );
};

/** Files that have become shorter below their devices. SCST lets a write make them longer again, and then nothing tells what was lost from zeros. */
const shortFiles = async (looked: readonly LookedDevice[]): Promise<Finding[]> =>
  (
    await Promise.all(
      looked.map(async ({ device, file, size, answer, active }): Promise<Finding[]> => {
        if (file === undefined || size === undefined || !active || answer?.state !== 'there') return [];
        const found = await stat(file, { bigint: true }).catch(() => undefined);
        if (found?.isFile() !== true || found.size >= BigInt(size)) return [];
        return [
          {
            code: 'short-file', severity: 'error', subject: device.name,
            message: `the file ${file} of the device ${device.name} has ${found.size} bytes, the device ${size}: what lay behind that is lost; it cannot be read, and once something is written behind it, it reads as zeros`,
            hint: `Stop its initiators and bring the file back, or write 1 to devices/${device.name}/resync_size to make the device as short.`,
          },
        ];
      }),
    )
  ).flat();

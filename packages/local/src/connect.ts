import { connect as connectServer, findServer } from '@scst/remote';
import { HostModules, HostTree, KERNEL_ROOT, SysfsError } from '@scst/sysfs';
import { stat, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { askPaths, PATIENCE } from './answering/ask-paths.js';
import { isMountedTree, mountOver, ownMounts } from './answering/mounted-on.js';
import { type Connection } from './connection.js';
import { embed, type EmbeddedOptions } from './embedded.js';
import { LocalError } from './errors.js';
import { kernelConnection } from './kernel/kernel-connection.js';
import { serverLooks, treeLooks } from './looks.js';
import { notFromHere } from './not-from-here.js';
import { defaultSocket } from './places.js';
import { isScsiDevice, type ScsiDevice } from './scsi-device.js';
import { openUses } from './use/open-uses.js';

export interface ConnectOptions {
  /**
   * - `auto` (default): the kernel's SCST if it is loaded, else the server on the default socket;
   * - `kernel`: the kernel's, or a tree that is mounted in its place;
   * - `embedded`: one in this process;
   * - a path: the socket of a server, or a directory where a tree is mounted.
   */
  connect?: string | undefined;
  /** For `embedded`. */
  embedded?: EmbeddedOptions | undefined;
}

const START_HINT = 'Start one with `scst-local serve`, or load the kernel’s modules.';

/** Finds an SCST. Throws `LocalError` `NOTHING_THERE`. */
export const connect = async ({ connect: where = 'auto', embedded }: ConnectOptions): Promise<Connection> => {
  switch (where) {
    case 'auto':
      return await automatic();
    case 'kernel':
      return await kernel();
    case 'embedded':
      return await embed(embedded);
    default:
      return await at(where);
  }
};

const automatic = async (): Promise<Connection> => {
  if (await kindOf(KERNEL_ROOT) === 'directory') return await kernel();
  const socket = defaultSocket();
  if ((await findServer(socket)) !== undefined) return await server(socket);
  throw new LocalError('NOTHING_THERE', `neither the kernel’s SCST (${KERNEL_ROOT}) nor a server (${socket}) is there`, { hint: START_HINT });
};

const at = async (path: string): Promise<Connection> => {
  switch (await kindOf(path)) {
    case 'directory':
      return await directory(path);
    case 'socket':
      return await server(path);
    case 'missing':
      throw new LocalError('NOTHING_THERE', `there is nothing at ${path}`, { hint: START_HINT });
    default:
      throw new LocalError('NOTHING_THERE', `${path} is neither a socket nor a directory`, { hint: 'Give the socket of a server, or the directory of a mounted tree.' });
  }
};

const kernel = async (): Promise<Connection> => {
  if ((await kindOf(KERNEL_ROOT)) !== 'directory') {
    throw new LocalError('NOTHING_THERE', `${KERNEL_ROOT} is not there: the kernel’s SCST is not loaded`, { hint: 'Load it, as root: modprobe -a scst scst_vdisk scst_local' });
  }
  return (await isSysfs(KERNEL_ROOT)) ? await kernelConnection() : await directory(KERNEL_ROOT);
};

/** SYSFS_MAGIC (linux/magic.h), as statfs(2) tells it. */
const SYSFS_MAGIC = 0x62656572;

/**
 * Whether a directory is the kernel's own. A tree may be mounted in its place, whose sessions are no SCSI hosts of this machine: host 0 there is not
 * the host 0 whose disks are here.
 */
const isSysfs = async (path: string): Promise<boolean> => (await statfs(path)).type === SYSFS_MAGIC;

const directory = async (root: string): Promise<Connection> => {
  const tree = await HostTree.open({ root }).catch((cause: unknown) => {
    if (!(cause instanceof SysfsError) || cause.code !== 'ENOENT') throw cause;
    throw new LocalError('NOTHING_THERE', `there is no SCST tree at ${root}`, { cause, hint: 'Mount a tree there, or name another directory.' });
  });
  return {
    kind: 'directory',
    tree,
    modules: new HostModules(),
    looks: treeLooks(tree),
    scsiDevices: () => Promise.resolve([]),
    openLun: (target, session, lun) => notFromHere(target, session, lun),
    usesOf: openUses,
    close: () => Promise.resolve(),
  };
};

const server = async (socket: string): Promise<Connection> => {
  const connection = await connectServer(socket);
  const { modules } = connection;
  if (modules === undefined) throw new LocalError('UNSUPPORTED', `the server on ${socket} has no modules to control`);
  return {
    kind: 'server',
    tree: connection.tree,
    modules,
    looks: serverLooks(connection),
    scsiDevices: async (options) => devicesOf(await connection.devices(options), socket),
    openLun: (target, session, lun) => connection.lun(target, session, lun),
    usesOf: openUses,
    close: () => connection.close(),
  };
};

const devicesOf = (answer: unknown, socket: string): ScsiDevice[] => {
  if (Array.isArray(answer) && answer.every(isScsiDevice)) return answer;
  throw new LocalError('UNSUPPORTED', `the server on ${socket} does not list SCSI devices as this program expects`);
};

const kindOf = async (path: string): Promise<'missing' | 'directory' | 'socket' | 'other'> => {
  await refuseSilent(path);
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'directory' : found.isSocket() ? 'socket' : 'other';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    if (code === 'ENOTCONN') throw new LocalError('NOTHING_THERE', `the tree mounted on ${path} has lost its server`, { hint: `umount -l ${path}, or start a server that mounts there again`, cause: error });
    throw error;
  }
};

/** A tree whose server has stopped would keep whoever looks at it for ever. */
const refuseSilent = async (path: string): Promise<void> => {
  const mount = mountOver(await ownMounts(), resolve(path));
  if (mount === undefined || !isMountedTree(mount)) return;
  const answer = (await askPaths([mount.directory])).get(mount.directory);
  if (answer?.state !== 'silent') return;
  throw new LocalError('NOTHING_THERE', `the server of the tree mounted on ${mount.directory} has not answered for ${PATIENCE / 1000} s`, { hint: `Let it go on (kill -CONT, if it was stopped), or take the mount away: umount -l ${mount.directory}` });
};

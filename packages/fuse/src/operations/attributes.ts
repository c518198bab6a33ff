import { SysfsError, type SysfsStat } from '@scst/sysfs';
import { attrOut, entryOut, FATTR, FILE_TYPE_BITS, GETATTR_FH, getattrIn, setattrIn, statfsOut, type Attr } from '../protocol/attributes.js';
import type { Node } from '../served/nodes.js';
import { NAME_MAX, type ServedTree } from '../served/served-tree.js';
import type { Operation } from './operation.js';

const BLOCK_SIZE = 4096;
const PERMISSION_BITS = 0o7777;

const toAttr = (served: ServedTree, node: Node, stat: SysfsStat): Attr => ({
  ino: node.ino,
  size: stat.size,
  blocks: 0,
  atime: served.since,
  mtime: served.since,
  ctime: served.since,
  mode: FILE_TYPE_BITS[stat.type] | (stat.mode & PERMISSION_BITS),
  nlink: stat.nlink,
  uid: stat.uid,
  gid: stat.gid,
  blksize: BLOCK_SIZE,
});

/** The shortest time the kernel can be told: it rounds up to its next tick or two, 2 to 20 ms. */
const ONE_TICK = { seconds: 0, nanoseconds: 1 };
const NEVER = { seconds: 0, nanoseconds: 0 };

const duration = (milliseconds: number): typeof NEVER => {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: Math.round((milliseconds - seconds * 1000) * 1e6) };
};

/**
 * How long the kernel may take attributes for true. Without a cache every path is looked up anew, which brings the attributes
 * along; for files and links they then hold for the moment, which spares the GETATTR that stat(2) would send after the LOOKUP.
 * Not so for directories: their link count changes with what they hold, and is seen by fstat(2) without a lookup.
 */
const attributesHold = (served: ServedTree, node: Node): typeof NEVER => {
  if (served.cacheMilliseconds > 0) return duration(served.cacheMilliseconds);
  return node.type === 'directory' ? NEVER : ONE_TICK;
};

/** A name that was found, as LOOKUP answers it. */
export const encodeEntry = (served: ServedTree, node: Node, stat: SysfsStat): Uint8Array => {
  const entry = duration(served.cacheMilliseconds);
  const attributes = attributesHold(served, node);
  return entryOut.encode({
    nodeid: node.id,
    // Numbers of nodes are never used again, so one generation is enough.
    generation: 0,
    entry_valid: entry.seconds,
    entry_valid_nsec: entry.nanoseconds,
    attr_valid: attributes.seconds,
    attr_valid_nsec: attributes.nanoseconds,
    attr: toAttr(served, node, stat),
  });
};

const encodeAttributes = (served: ServedTree, node: Node, stat: SysfsStat): Uint8Array => {
  const { seconds, nanoseconds } = attributesHold(served, node);
  return attrOut.encode({ attr_valid: seconds, attr_valid_nsec: nanoseconds, attr: toAttr(served, node, stat) });
};

/** lstat(2) of a node. @throws SysfsError `ENOENT` when its object has gone, or something of another type has its name. */
const statNode = async (served: ServedTree, node: Node, signal: AbortSignal): Promise<SysfsStat> => {
  served.nodes.assertThere(node);
  try {
    const stat = await served.tree.stat(node.path, { signal });
    if (stat.type === node.type) {
      node.stat = stat;
      return stat;
    }
  } catch (error) {
    if (error instanceof SysfsError && error.code === 'ENOENT') served.nodes.vanished(node);
    throw error;
  }
  served.nodes.vanished(node);
  throw new SysfsError({ operation: 'stat', path: node.path, errno: 'ENOENT', reason: `it is no ${node.type} any more` });
};

export const getattr: Operation = {
  transfer: false,
  run: async (served, { nodeid, body }, signal) => {
    const node = served.nodes.get(nodeid);
    const ofOpenFile = (getattrIn.decode(body).getattr_flags & GETATTR_FH) !== 0;
    try {
      return { body: encodeAttributes(served, node, await statNode(served, node, signal)) };
    } catch (error) {
      // fstat(2) of a file whose object has gone works in sysfs, and shows what was there.
      if (!ofOpenFile || node.stat === undefined || !(error instanceof SysfsError) || error.code !== 'ENOENT') throw error;
      return { body: encodeAttributes(served, node, node.stat) };
    }
  },
};

/**
 * chmod(2) works and sticks. truncate(2), O_TRUNC and utimes(2) succeed and do nothing, as the size and the times of an attribute
 * mean nothing (SPEC 1.1). chown(2) is allowed only where it changes nothing: a tree has no owners to change.
 */
export const setattr: Operation = {
  transfer: false,
  run: async (served, { nodeid, body }, signal) => {
    const node = served.nodes.get(nodeid);
    const { valid, mode, uid, gid } = setattrIn.decode(body);
    const before = await statNode(served, node, signal);
    const changesOwner = ((valid & FATTR.UID) !== 0 && uid !== before.uid) || ((valid & FATTR.GID) !== 0 && gid !== before.gid);
    if (changesOwner) throw new SysfsError({ operation: 'chown', path: node.path, errno: 'EPERM' });
    if ((valid & FATTR.MODE) === 0) return { body: encodeAttributes(served, node, before) };
    await served.tree.chmod(node.path, mode & PERMISSION_BITS, { signal });
    return { body: encodeAttributes(served, node, await statNode(served, node, signal)) };
  },
};

export const statfs: Operation = {
  transfer: false,
  run: () => Promise.resolve({ body: statfsOut.encode({ bsize: BLOCK_SIZE, namelen: NAME_MAX, frsize: BLOCK_SIZE }) }),
};

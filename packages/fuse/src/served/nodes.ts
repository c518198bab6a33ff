import { SysfsError, type SysfsEntryType, type SysfsStat } from '@scst/sysfs';
import { inodeNumber } from './inode-number.js';

/** The root's node, `FUSE_ROOT_ID`. */
export const ROOT_NODE = 1;

/** A name the kernel knows: what it calls a node, and we a path. */
export interface Node {
  readonly id: number;
  readonly parent: Node | undefined;
  readonly name: string;
  readonly path: string;
  readonly type: SysfsEntryType;
  readonly ino: number;
  /** As it was last seen, for fstat(2) of an open file whose object has gone. */
  stat: SysfsStat | undefined;
}

interface Known extends Node {
  readonly parent: Known | undefined;
  readonly children: Map<string, Known>;
  /** How often the kernel was told of the node and has not forgotten it. */
  lookups: number;
  /** Seen to be gone: a name that comes back is another node. */
  gone: boolean;
  /** How many have it open for writing: one, but where {@link NodeTable.beginWriting} had no other way. */
  writers: number;
}

/** How long after a clash lookups do not share nodes: far longer than the kernel takes to look up again what it was refused. */
const SPLIT_MILLISECONDS = 2000;

/** How long a refusal is remembered: a thread of a loaded machine may take its time to come again. */
const RETRY_MILLISECONDS = 30_000;

/**
 * The nodes the kernel holds references to. A node stands for one object: when its name is found missing or of another type, the
 * node and all below it are gone for good, and a new object of that name gets a new node.
 *
 * An object can have several nodes. The kernel locks a node while it is written, and also for O_TRUNC, O_APPEND and chmod(2), and
 * those who wait for that lock cannot be interrupted; in sysfs, writers of one attribute do not wait for each other. So a node is
 * open for writing once at a time: as long as it is, the name leads to another node. All of them show the same inode number.
 */
export class NodeTable {
  readonly #nodes = new Map<number, Known>();
  /**
   * Until when, by performance.now(), every lookup of a path gives a node of its own. Kept by path: the node of a clash may be
   * forgotten before the last of those who clashed has looked up again.
   */
  readonly #splits = new Map<string, number>();
  /** Which threads were refused an open for writing, by path and thread: the second time they are not. */
  readonly #refused = new Map<string, number>();
  #nextId = ROOT_NODE + 1;

  constructor() {
    this.#nodes.set(ROOT_NODE, {
      id: ROOT_NODE,
      parent: undefined,
      name: '',
      path: '',
      type: 'directory',
      ino: inodeNumber(''),
      stat: undefined,
      children: new Map(),
      lookups: 1,
      gone: false,
      writers: 0,
    });
  }

  /** Nodes the kernel knows, the root among them. */
  get size(): number {
    return this.#nodes.size;
  }

  /** @throws SysfsError `ESTALE` for a node the kernel was never told of, or has forgotten. */
  get(id: number): Node {
    return this.#known(id);
  }

  /** @throws SysfsError `ENOENT` when the node, or a directory above it, was seen to be gone. */
  assertThere(node: Node): void {
    for (let at: Known | undefined = this.#known(node.id); at !== undefined; at = at.parent) {
      if (at.gone) throw new SysfsError({ operation: 'lookup', path: node.path, errno: 'ENOENT', at: 'open' });
    }
  }

  /** The node of a name in a directory, which the kernel is told of once more. */
  found(directory: Node, name: string, stat: SysfsStat): Node {
    const parent = this.#known(directory.id);
    const last = parent.children.get(name);
    if (last !== undefined && last.type !== stat.type) this.vanished(last);
    const split = (this.#splits.get(childPath(parent, name)) ?? 0) > performance.now();
    const shared = last !== undefined && !last.gone && last.writers === 0 && !split;
    const node = shared ? last : this.#add(parent, name, stat);
    node.lookups += 1;
    node.stat = stat;
    return node;
  }

  /**
   * Begins to write a node; {@link endWriting} ends it. A thread that is refused looks the name up again, once, without telling
   * the program, and then gets a node that nobody else gets. Should it meet another writer even so, it shares the node: it may
   * have to wait for that writer then, but it is not refused a second time, which the program would see.
   *
   * @param thread Who opens it, as the kernel says; 0 where it cannot say.
   * @throws SysfsError `ESTALE` when it is open for writing already: two programs had looked up the name at the same time.
   */
  beginWriting(node: Node, thread: number): void {
    const known = this.#known(node.id);
    const attempt = `${thread} ${known.path}`;
    const now = performance.now();
    const refusedBefore = (this.#refused.get(attempt) ?? 0) > now;
    this.#refused.delete(attempt);
    if (known.writers > 0 && !refusedBefore) {
      forgetPast(this.#refused, now);
      forgetPast(this.#splits, now);
      this.#refused.set(attempt, now + RETRY_MILLISECONDS);
      this.#splits.set(known.path, now + SPLIT_MILLISECONDS);
      throw new SysfsError({ operation: 'open', path: node.path, errno: 'ESTALE', at: 'open' });
    }
    known.writers += 1;
  }

  endWriting(node: Node): void {
    const known = this.#nodes.get(node.id);
    if (known !== undefined) known.writers -= 1;
  }

  /** A name was found missing. */
  missing(directory: Node, name: string): void {
    const node = this.#known(directory.id).children.get(name);
    if (node !== undefined) this.vanished(node);
  }

  /** A node's object was found missing, or something else was in its place. */
  vanished(node: Node): void {
    const known = this.#nodes.get(node.id);
    if (known?.parent === undefined) return;
    known.gone = true;
    detach(known);
  }

  /** The kernel forgets so many of the times it was told of a node. Nodes it does not know are passed over. */
  forget(id: number, lookups: number): void {
    const node = this.#nodes.get(id);
    if (node?.parent === undefined) return;
    node.lookups -= lookups;
    if (node.lookups > 0) return;
    this.#nodes.delete(id);
    detach(node);
  }

  #add(parent: Known, name: string, stat: SysfsStat): Known {
    const path = childPath(parent, name);
    const node: Known = {
      id: this.#nextId,
      parent,
      name,
      path,
      type: stat.type,
      ino: inodeNumber(path),
      stat,
      children: new Map(),
      lookups: 0,
      gone: false,
      writers: 0,
    };
    this.#nextId += 1;
    this.#nodes.set(node.id, node);
    parent.children.set(name, node);
    return node;
  }

  #known(id: number): Known {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new SysfsError({ operation: 'lookup', path: `node ${id}`, errno: 'ESTALE' });
    return node;
  }
}

/** Path of a name in a directory. */
export const childPath = (directory: Pick<Node, 'path'>, name: string): string => (directory.path === '' ? name : `${directory.path}/${name}`);

/** Deletes what has run out. The maps are of clashes, of which there are few at a time. */
const forgetPast = (until: Map<string, number>, now: number): void => {
  for (const [key, end] of until) if (end <= now) until.delete(key);
};

/** Takes a node out of its directory, unless another has its place by now. */
const detach = (node: Known): void => {
  if (node.parent?.children.get(node.name) === node) node.parent.children.delete(node.name);
};

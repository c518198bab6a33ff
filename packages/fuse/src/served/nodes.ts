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
}

/**
 * The nodes the kernel holds references to. A node stands for one object: when its name is found missing or of another type, the
 * node and all below it are gone for good, and a new object of that name gets a new node.
 */
export class NodeTable {
  readonly #nodes = new Map<number, Known>();
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
    let node = parent.children.get(name);
    if (node?.type !== stat.type) {
      if (node !== undefined) this.vanished(node);
      const path = childPath(directory, name);
      node = { id: this.#nextId, parent, name, path, type: stat.type, ino: inodeNumber(path), stat, children: new Map(), lookups: 0, gone: false };
      this.#nextId += 1;
      this.#nodes.set(node.id, node);
      parent.children.set(name, node);
    }
    node.lookups += 1;
    node.stat = stat;
    return node;
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

  #known(id: number): Known {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new SysfsError({ operation: 'lookup', path: `node ${id}`, errno: 'ESTALE' });
    return node;
  }
}

/** Path of a name in a directory. */
export const childPath = (directory: Pick<Node, 'path'>, name: string): string => (directory.path === '' ? name : `${directory.path}/${name}`);

/** Takes a node out of its directory, unless another has its place by now. */
const detach = (node: Known): void => {
  if (node.parent?.children.get(node.name) === node) node.parent.children.delete(node.name);
};

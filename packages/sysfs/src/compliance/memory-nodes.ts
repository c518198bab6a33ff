import type { ErrnoName } from '../errno.js';

type MaybePromise<T> = T | Promise<T>;

/** What stands behind a file of a {@link MemoryTree}. */
export interface MemoryAttribute {
  /** Text for a read at offset 0. Without it the file is write-only. */
  show?: (() => MaybePromise<Uint8Array | string>) | undefined;
  /** Takes what one write brought, never empty and at most 4096 bytes. Without it the file is read-only. */
  store?: ((data: Uint8Array) => MaybePromise<void>) | undefined;
  /** Permission bits. Default: 0644, 0444 or 0200, by what the file can do. */
  mode?: number | undefined;
}

/** Thrown by `show` and `store` to fail the read or write with an errno. */
export class AttributeRefusal extends Error {
  readonly code: ErrnoName;

  /** @param reason In words; becomes the `reason` of the SysfsError. */
  constructor(code: ErrnoName, readonly reason?: string) {
    super(reason === undefined ? code : `${code}: ${reason}`);
    this.name = 'AttributeRefusal';
    this.code = code;
  }
}

interface NodeBase {
  mode: number;
  removed: boolean;
}

export interface FileNode extends NodeBase {
  readonly type: 'file';
  readonly attribute: MemoryAttribute;
}

export interface DirectoryNode extends NodeBase {
  readonly type: 'directory';
  readonly children: Map<string, MemoryNode>;
}

export interface LinkNode extends NodeBase {
  readonly type: 'link';
  readonly target: string;
}

export type MemoryNode = FileNode | DirectoryNode | LinkNode;

export const directoryNode = (mode = 0o755): DirectoryNode => ({ type: 'directory', mode, removed: false, children: new Map() });

export const fileNode = (attribute: MemoryAttribute): FileNode => {
  const usual = (attribute.show === undefined ? 0 : 0o444) | (attribute.store === undefined ? 0 : 0o200);
  return { type: 'file', mode: attribute.mode ?? usual, removed: false, attribute };
};

export const linkNode = (target: string): LinkNode => ({ type: 'link', mode: 0o777, removed: false, target });

/** Marks a node and all below it as removed: files held open then answer ENODEV. */
export const markRemoved = (node: MemoryNode): void => {
  node.removed = true;
  if (node.type === 'directory') for (const child of node.children.values()) markRemoved(child);
};

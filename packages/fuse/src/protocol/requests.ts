import { ProtocolError } from './protocol-error.js';
import { skipped, struct, u32, u64 } from './struct.js';

/** `struct fuse_interrupt_in`: the request to interrupt. */
export const interruptIn = struct({ unique: u64 });

/** `struct fuse_forget_in`: how many lookups of the node are forgotten. */
export const forgetIn = struct({ nlookup: u64 });

const batchForgetIn = struct({ count: u32, dummy: skipped(4) });
const forgetOne = struct({ nodeid: u64, nlookup: u64 });

/** One node of a BATCH_FORGET. */
export interface Forgotten {
  readonly nodeid: number;
  readonly nlookup: number;
}

/** `struct fuse_batch_forget_in` with its `struct fuse_forget_one`s. */
export const batchForget = {
  /** @throws ProtocolError when there are fewer than it says. */
  decode: (bytes: Uint8Array): Forgotten[] => {
    const { count } = batchForgetIn.decode(bytes);
    return Array.from({ length: count }, (_, index) => forgetOne.decode(bytes.subarray(batchForgetIn.size + index * forgetOne.size)));
  },
  encode: (nodes: readonly Forgotten[]): Uint8Array => {
    const bytes = new Uint8Array(batchForgetIn.size + nodes.length * forgetOne.size);
    bytes.set(batchForgetIn.encode({ count: nodes.length }));
    for (const [index, node] of nodes.entries()) bytes.set(forgetOne.encode(node), batchForgetIn.size + index * forgetOne.size);
    return bytes;
  },
};

/** A name in a request's body: bytes up to the NUL that ends it. */
export const nameIn = {
  /** @throws ProtocolError without the NUL. */
  decode: (bytes: Uint8Array): Uint8Array => {
    const end = bytes.indexOf(0);
    if (end < 0) throw new ProtocolError('a name without an end');
    return bytes.subarray(0, end);
  },
  encode: (name: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(name.length + 1);
    bytes.set(name);
    return bytes;
  },
};

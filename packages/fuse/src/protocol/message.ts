import { ProtocolError } from './protocol-error.js';
import { i32, skipped, struct, u32, u64 } from './struct.js';

/** `struct fuse_in_header`: begins every request. */
export const inHeader = struct({
  len: u32,
  opcode: u32,
  unique: u64,
  nodeid: u64,
  uid: u32,
  gid: u32,
  pid: u32,
  total_extlen: skipped(2),
  padding: skipped(2),
});

/** `struct fuse_out_header`: begins every reply. `error` is a negated errno, or 0. */
export const outHeader = struct({ len: u32, error: i32, unique: u64 });

/** A request of the kernel. */
export interface Request {
  readonly opcode: number;
  /** What the reply is told by. */
  readonly unique: number;
  /** The node it is about; 1 is the root. */
  readonly nodeid: number;
  /** The thread that asks; 0 where it is in another pid namespace, or nobody asks. */
  readonly pid: number;
  /** The structure and names that follow the header. */
  readonly body: Uint8Array;
}

/** The codec of requests; the kernel encodes, and so do tests. */
export const request = {
  /** @throws ProtocolError when the bytes are not one whole request. */
  decode: (bytes: Uint8Array): Request => {
    const { len, opcode, unique, nodeid, pid } = inHeader.decode(bytes);
    if (len !== bytes.length) throw new ProtocolError(`a request says it has ${len} bytes, ${bytes.length} came`);
    return { opcode, unique, nodeid, pid, body: bytes.subarray(inHeader.size) };
  },
  encode: ({ opcode, unique, nodeid, pid, body }: Request): Uint8Array => {
    const bytes = new Uint8Array(inHeader.size + body.length);
    bytes.set(inHeader.encode({ len: bytes.length, opcode, unique, nodeid, uid: 0, gid: 0, pid }));
    bytes.set(body, inHeader.size);
    return bytes;
  },
};

/** An answer to a request. */
export interface Reply {
  readonly unique: number;
  /** A positive errno, or 0. */
  readonly errno: number;
  /** Empty with an errno. */
  readonly body: Uint8Array;
}

/** The codec of replies; the kernel decodes, and so do tests. */
export const reply = {
  encode: ({ unique, errno, body }: Reply): Uint8Array => {
    const bytes = new Uint8Array(outHeader.size + body.length);
    outHeader.write(new DataView(bytes.buffer), 0, { len: bytes.length, error: -errno, unique });
    bytes.set(body, outHeader.size);
    return bytes;
  },
  /** @throws ProtocolError when the bytes are not one whole reply. */
  decode: (bytes: Uint8Array): Reply => {
    const { len, error, unique } = outHeader.decode(bytes);
    if (len !== bytes.length) throw new ProtocolError(`a reply says it has ${len} bytes, ${bytes.length} came`);
    return { unique, errno: Math.abs(error), body: bytes.subarray(outHeader.size) };
  },
};

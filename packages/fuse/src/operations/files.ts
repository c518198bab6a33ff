import { SysfsError, type SysfsAccess, type SysfsFile } from '@scst/sysfs';
import { FOPEN, openIn, openOut, readIn, releaseIn, writeIn, writeOut } from '../protocol/files.js';
import { ProtocolError } from '../protocol/protocol-error.js';
import { OpenFile } from '../served/open-file.js';
import { EMPTY, type Operation } from './operation.js';

/** O_ACCMODE of open(2). The value 3 asks for the permission to do both. */
const ACCESS_BITS = 3;
const ACCESS: readonly SysfsAccess[] = ['read', 'write', 'readwrite'];

/** open(2). The tree checks the mode, for root as well (SPEC 1.1); O_TRUNC and O_APPEND mean nothing to it. */
export const open: Operation = {
  transfer: false,
  run: async (served, { nodeid, pid, body }, signal) => {
    const node = served.nodes.get(nodeid);
    served.nodes.assertThere(node);
    served.files.assertRoom(node.path);
    const access = ACCESS[openIn.decode(body).flags & ACCESS_BITS] ?? 'readwrite';
    if (access !== 'read') served.nodes.beginWriting(node, pid);
    const close = async (file?: SysfsFile): Promise<void> => {
      if (access !== 'read') served.nodes.endWriting(node);
      await file?.close();
    };
    let file: SysfsFile | undefined;
    try {
      file = await served.tree.open(node.path, access, { signal });
      const fh = served.files.add(node.path, new OpenFile(file, close));
      return {
        body: openOut.encode({ fh, open_flags: FOPEN.DIRECT_IO | FOPEN.NOFLUSH | FOPEN.PARALLEL_DIRECT_WRITES }),
        undelivered: () => { served.files.take(fh)?.close().catch(() => undefined); },
      };
    } catch (error) {
      await close(file);
      throw error;
    }
  },
};

export const read: Operation = {
  transfer: true,
  run: async (served, { body }, signal) => {
    const { fh, offset, size } = readIn.decode(body);
    return { body: await served.files.get(fh).read(offset, size, signal) };
  },
};

export const write: Operation = {
  transfer: true,
  run: async (served, { body }, signal) => {
    const { fh, size } = writeIn.decode(body);
    const data = body.subarray(writeIn.size, writeIn.size + size);
    if (data.length < size) throw new ProtocolError(`a write says it has ${size} bytes, ${data.length} came`);
    return { body: writeOut.encode({ size: await served.files.get(fh).write(data, signal) }) };
  },
};

/** The last close(2). The program does not wait for it, and it cannot fail. */
export const release: Operation = {
  transfer: false,
  run: async (served, { body }) => {
    try {
      await served.files.take(releaseIn.decode(body).fh)?.close();
    } catch (error) {
      if (!(error instanceof SysfsError)) throw error;
    }
    return EMPTY;
  },
};

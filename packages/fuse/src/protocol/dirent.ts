import { struct, u32, u64 } from './struct.js';

/** `d_type` of readdir(3). */
export const DIRENT_TYPE = { directory: 4, file: 8, link: 10 } as const;

/** An entry of a listing. */
export interface DirectoryEntry {
  readonly ino: number;
  /** One of {@link DIRENT_TYPE}. */
  readonly type: number;
  readonly name: Uint8Array;
}

/** `struct fuse_dirent`; the name follows, padded to a multiple of 8. `off` is the position after the entry. */
const direntHeader = struct({ ino: u64, off: u64, namelen: u32, type: u32 });

/** Bytes an entry takes. */
export const direntSize = (entry: DirectoryEntry): number => Math.ceil((direntHeader.size + entry.name.length) / 8) * 8;

/** The codec of listings. The position of an entry is its index. */
export const dirents = {
  /** As many entries, from a position on, as have room. */
  encode: (entries: readonly DirectoryEntry[], from: number, room: number): Uint8Array => {
    let end = from;
    let size = 0;
    for (let entry = entries[end]; entry !== undefined && size + direntSize(entry) <= room; entry = entries[end]) {
      size += direntSize(entry);
      end += 1;
    }
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [index, entry] of entries.slice(from, end).entries()) {
      direntHeader.write(view, at, { ino: entry.ino, off: from + index + 1, namelen: entry.name.length, type: entry.type });
      bytes.set(entry.name, at + direntHeader.size);
      at += direntSize(entry);
    }
    return bytes;
  },
  /** @throws ProtocolError when an entry is cut. */
  decode: (bytes: Uint8Array): (DirectoryEntry & { off: number })[] => {
    const entries: (DirectoryEntry & { off: number })[] = [];
    for (let at = 0; at < bytes.length; ) {
      const { ino, off, namelen, type } = direntHeader.decode(bytes.subarray(at));
      const entry = { ino, off, type, name: bytes.slice(at + direntHeader.size, at + direntHeader.size + namelen) };
      entries.push(entry);
      at += direntSize(entry);
    }
    return entries;
  },
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attr, attrOut, entryOut, getattrIn, setattrIn, statfsOut } from './attributes.js';
import { openIn, openOut, readIn, releaseIn, writeIn, writeOut } from './files.js';
import { initIn, initOut } from './init.js';
import { inHeader, outHeader } from './message.js';
import { ProtocolError } from './protocol-error.js';
import { forgetIn, interruptIn } from './requests.js';
import { i32, skipped, struct, u16, u32, u64 } from './struct.js';

describe('struct', () => {
  const sample = struct({ a: u16, gap: skipped(2), b: i32, c: u64, inner: struct({ d: u32, e: u32 }) });

  it('lays members out one after the other, in the order of the machine', () => {
    const bytes = sample.encode({ a: 1, b: -2, c: 2 ** 40 + 3, inner: { d: 4, e: 5 } });
    const expected = Buffer.alloc(24);
    expected.writeUInt16LE(1, 0);
    expected.writeInt32LE(-2, 4);
    expected.writeBigUInt64LE(2n ** 40n + 3n, 8);
    expected.writeUInt32LE(4, 16);
    expected.writeUInt32LE(5, 20);
    expect([...bytes]).toEqual([...expected]);
  });

  it('decodes what it encoded, for all values, also from the middle of a buffer', () => {
    const value = fc.record({
      a: fc.integer({ min: 0, max: 0xffff }),
      b: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      c: fc.maxSafeNat(),
      inner: fc.record({ d: fc.integer({ min: 0, max: 0xffff_ffff }), e: fc.integer({ min: 0, max: 0xffff_ffff }) }),
    });
    fc.assert(
      fc.property(value, fc.nat({ max: 16 }), (given, before) => {
        const buffer = new Uint8Array(before + sample.size + 3);
        buffer.set(sample.encode(given), before);
        expect(sample.decode(buffer.subarray(before))).toEqual(given);
      }),
    );
  });

  it('ignores what follows, and refuses what is cut', () => {
    fc.assert(
      fc.property(fc.nat({ max: sample.size - 1 }), (length) => {
        expect(() => sample.decode(new Uint8Array(length))).toThrow(ProtocolError);
      }),
    );
  });

  it('rounds a 64-bit number that is too large, and does not fail', () => {
    const bytes = new Uint8Array(8).fill(0xff);
    expect(struct({ offset: u64 }).decode(bytes).offset).toBe(2 ** 64);
  });
});

describe('the structures', () => {
  // Sizes as a C compiler has them for linux/fuse.h of Linux 6.1; INIT's request is cut to what every kernel sends.
  it.each([
    ['fuse_in_header', inHeader, 40],
    ['fuse_out_header', outHeader, 16],
    ['fuse_init_in', initIn, 16],
    ['fuse_init_out', initOut, 64],
    ['fuse_attr', attr, 88],
    ['fuse_entry_out', entryOut, 128],
    ['fuse_attr_out', attrOut, 104],
    ['fuse_getattr_in', getattrIn, 16],
    ['fuse_setattr_in', setattrIn, 88],
    ['fuse_statfs_out', statfsOut, 80],
    ['fuse_open_in', openIn, 8],
    ['fuse_open_out', openOut, 16],
    ['fuse_read_in', readIn, 40],
    ['fuse_write_in', writeIn, 40],
    ['fuse_write_out', writeOut, 8],
    ['fuse_release_in', releaseIn, 24],
    ['fuse_forget_in', forgetIn, 8],
    ['fuse_interrupt_in', interruptIn, 8],
  ])('%s has its size', (_name, { size }, expected) => {
    expect(size).toBe(expected);
  });

  it('put the members where linux/fuse.h has them', () => {
    const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const init = view(initOut.encode({ major: 7, minor: 31, max_readahead: 1, flags: 2, max_background: 3, congestion_threshold: 4, max_write: 5, time_gran: 6, max_pages: 7 }));
    expect([init.readUInt16LE(16), init.readUInt16LE(18), init.readUInt32LE(20), init.readUInt32LE(24), init.readUInt16LE(28)]).toEqual([3, 4, 5, 6, 7]);
    const attributes = { ino: 1, size: 2, blocks: 0, atime: 3, mtime: 4, ctime: 5, mode: 6, nlink: 7, uid: 8, gid: 9, blksize: 10 };
    const entry = view(entryOut.encode({ nodeid: 11, generation: 12, entry_valid: 13, attr_valid: 14, entry_valid_nsec: 15, attr_valid_nsec: 16, attr: attributes }));
    expect([entry.readUInt32LE(32), entry.readUInt32LE(36), Number(entry.readBigUInt64LE(40))]).toEqual([15, 16, 1]);
    expect([60, 64, 68, 72, 80].map((at) => entry.readUInt32LE(40 + at))).toEqual([6, 7, 8, 9, 10]);
    const request = Buffer.alloc(88);
    request.writeUInt32LE(1, 0);
    request.writeBigUInt64LE(2n, 16);
    request.writeUInt32LE(0o644, 68);
    request.writeUInt32LE(7, 76);
    request.writeUInt32LE(8, 80);
    expect(setattrIn.decode(request)).toEqual({ valid: 1, size: 2, mode: 0o644, uid: 7, gid: 8 });
  });
});

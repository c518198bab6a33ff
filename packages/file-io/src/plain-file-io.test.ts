import * as fs from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { NEVER_CACHED } from './file-io.js';
import { PlainFileIo } from './plain-file-io.js';
import { TestFile } from './testing.js';

const MIB = 1024 * 1024;

describe('without the native part', () => {
  it('large holes are punched by a program, where it is', async () => {
    await using file = await TestFile.make(8 * MIB);
    const io = new PlainFileIo();
    expect(await io.punchHole(file.fd, 0, 4096)).toBe(false);
    const punched = await io.punchHole(file.fd, MIB, 6 * MIB);
    const bytes = await fs.readFile(file.path);
    expect(bytes.subarray(MIB, 7 * MIB).every((byte) => byte === (punched ? 0 : 0xa5))).toBe(true);
    expect(bytes.subarray(0, MIB).every((byte) => byte === 0xa5)).toBe(true);
    expect(bytes).toHaveLength(8 * MIB);
  });

  it('nothing is changed where it is not', async () => {
    await using file = await TestFile.make(8 * MIB);
    const io = new PlainFileIo({ fallocate: 'there-is-no-such-program' });
    expect(await io.punchHole(file.fd, 0, 8 * MIB)).toBe(false);
    expect(await io.punchHole(file.fd, 0, 8 * MIB)).toBe(false);
    expect((await fs.readFile(file.path)).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('a program locks the open file, where it is', async ({ skip }) => {
    await using file = await TestFile.make(0);
    const io = new PlainFileIo();
    const outcome = await io.lock(file.fd);
    if (outcome === 'impossible') skip('there is no flock of util-linux here');
    await using other = await fs.open(file.path, 'r+');
    expect([outcome, await io.lock(file.fd), await io.lock(other.fd)]).toEqual(['locked', 'locked', 'taken']);
    expect(await new PlainFileIo({ flock: 'there-is-no-such-program' }).lock(file.fd)).toBe('impossible');
  });

  it('nothing is known of caches and holes', async () => {
    const io = new PlainFileIo();
    expect(io.readCached(0, new Uint8Array(8), 0)).toBe(NEVER_CACHED);
    expect(await io.extents(0, 0, 4096)).toBeUndefined();
    expect(await io.zeroRange(0, 0, 4096)).toBe(false);
    expect(await io.discard(0, 0, 4096)).toBe(false);
    expect(await io.zeroOut(0, 0, 0)).toBe(true);
    await expect(io.punchHole(0, -1, 1)).rejects.toBeInstanceOf(RangeError);
  });
});

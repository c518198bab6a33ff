import { decodeLbaStatus, STATUS, tryDecodeSense } from '@scst/scsi';
import { describe, expect, it } from 'vitest';
import { Fixture, type FixtureOptions, hex, toHex, UnrulyStore } from '../nexus/fixture.js';
import { StoreError } from '../store/block-store.js';
import { MemoryStore } from '../store/memory-store.js';

const BLOCK = 512;
const SIZE = 64 * BLOCK;

const world = (options: FixtureOptions = {}): Fixture =>
  new Fixture({ profile: 't10', ...options, device: { store: new MemoryStore(SIZE), ...options.device } }).clearAttentions();

const block = (byte: number, count = 1): Uint8Array => new Uint8Array(count * BLOCK).fill(byte);
const code = (sense: Uint8Array): string => toHex(Uint8Array.of(tryDecodeSense(sense)?.senseKey ?? 0xff, tryDecodeSense(sense)?.additionalSenseCode ?? 0xff, tryDecodeSense(sense)?.additionalSenseCodeQualifier ?? 0xff));
const lba16 = (lba: number): string => lba.toString(16).padStart(16, '0');

async function readBlock(fixture: Fixture, lba: number): Promise<Uint8Array> {
  return (await fixture.run(`88 00 ${lba16(lba)} 00000001 00 00`, { in: BLOCK })).dataIn;
}

describe('GET LBA STATUS', () => {
  const status = (lba: number, length = 256): string => `9e 12 ${lba16(lba)} ${length.toString(16).padStart(8, '0')} 00 00`;

  it('tells what was freed from what was written, from the block asked for to the end', async () => {
    const fixture = world({ device: { thinProvisioned: true } });
    await fixture.run('42 00 00 00 00 00 00 00 18 00', { out: hex('0016 0010 00000000 0000000000000004 00000008 00000000') });
    await fixture.run(`8a 00 ${lba16(6)} 00000001 00 00`, { out: block(1) });
    const { descriptors } = decodeLbaStatus((await fixture.run(status(2), { in: 256 })).dataIn);
    expect(descriptors.map(({ lba, numberOfLogicalBlocks, provisioningStatus }) => [Number(lba), numberOfLogicalBlocks, provisioningStatus])).toEqual([
      [2, 2, 0],
      [4, 2, 1],
      [6, 1, 0],
      [7, 5, 1],
      [12, 52, 0],
    ]);
  });

  it('gives as many descriptors as there is room for, and at least one', async () => {
    const fixture = world({ device: { thinProvisioned: true } });
    await fixture.run('42 00 00 00 00 00 00 00 18 00', { out: hex('0016 0010 00000000 0000000000000004 00000008 00000000') });
    expect(decodeLbaStatus((await fixture.run(status(0, 24), { in: 24 })).dataIn)).toMatchObject({ parameterDataLength: 20, descriptors: [{ numberOfLogicalBlocks: 4 }] });
    expect((await fixture.run(status(0, 8), { in: 8 })).dataIn).toHaveLength(8);
  });

  it('wants the first block to be on the medium, and the report type to be known', async () => {
    const fixture = world();
    expect(code((await fixture.run(status(64), { in: 256 })).sense)).toBe('052100');
    expect((await fixture.run(status(63), { in: 256 })).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run(`9e 12 ${lba16(0)} 00000100 01 00`, { in: 256 })).sense)).toBe('052400');
  });

  it('is refused in the other profiles', async () => {
    expect(code((await world({ profile: 'scst' }).run(status(0), { in: 256 })).sense)).toBe('052400');
  });
});

describe('PRE-FETCH', () => {
  it('ends with GOOD for blocks that are there, and for no others', async () => {
    const fixture = world();
    expect((await fixture.run('34 02 0000003f 00 0001 00')).status).toBe(STATUS.GOOD);
    expect((await fixture.run('34 00 00000000 00 0000 00')).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run('34 00 0000003f 00 0002 00')).sense)).toBe('052100');
    expect(code((await fixture.run('34 00 00000041 00 0000 00')).sense)).toBe('052100');
    expect((await fixture.run(`90 00 ${lba16(0)} 00000040 00 00`)).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run(`90 00 ${'f'.repeat(16)} 00000001 00 00`)).sense)).toBe('052100');
  });
});

describe('ORWRITE', () => {
  const orWrite = (lba: number, blocks: number): string => `8b 00 ${lba16(lba)} ${blocks.toString(16).padStart(8, '0')} 00 00`;

  it('sets bits and clears none', async () => {
    const fixture = world();
    await fixture.run(orWrite(3, 1), { out: block(0xa5) });
    await fixture.run(orWrite(3, 1), { out: block(0x5a) });
    expect(await readBlock(fixture, 3)).toEqual(block(0xff));
    expect(await readBlock(fixture, 4)).toEqual(block(0));
  });

  it('refuses what is not on the medium, protection information, too little data, and write-protected units', async () => {
    const fixture = world();
    expect(code((await fixture.run(orWrite(63, 2), { out: block(1, 2) })).sense)).toBe('052100');
    expect(code((await fixture.run(`8b 20 ${lba16(0)} 00000001 00 00`, { out: block(1) })).sense)).toBe('052400');
    expect(code((await fixture.run(orWrite(0, 2), { out: block(1) })).sense)).toBe('050e03');
    expect((await fixture.run(orWrite(0, 0))).status).toBe(STATUS.GOOD);
    expect(code((await world({ readOnly: true }).run(orWrite(0, 1), { out: block(1) })).sense)).toBe('072700');
    expect(code((await world({ profile: 'scst' }).run(orWrite(0, 1), { out: block(1) })).sense)).toBe('052000');
  });

  it('tells of a store that fails', async () => {
    const store = new UnrulyStore(SIZE);
    const fixture = world({ device: { store } });
    store.fails = { read: 'EIO' };
    expect(code((await fixture.run(orWrite(0, 1), { out: block(1) })).sense)).toBe('031100');
    store.fails = { write: 'EIO' };
    expect(code((await fixture.run(orWrite(0, 1), { out: block(1) })).sense)).toBe('030300');
  });
});

describe('WRITE ATOMIC', () => {
  const writeAtomic = (blocks: number, boundary = '0000'): string => `9c 00 ${lba16(0)} ${boundary} ${blocks.toString(16).padStart(4, '0')} 00 00`;

  it('writes where the store writes as a whole, up to the length that VPD page B0h names', async () => {
    const fixture = world();
    fixture.target.sgTablesize = 1;
    const limits = (await fixture.run('12 01 b0 00 40 00', { in: 64 })).dataIn;
    expect(toHex(limits.subarray(44, 64))).toBe('00000008'.padEnd(40, '0'));
    expect((await fixture.run(writeAtomic(8), { out: block(7, 8) })).status).toBe(STATUS.GOOD);
    expect(await readBlock(fixture, 7)).toEqual(block(7));
    expect(code((await fixture.run(writeAtomic(9), { out: block(7, 9) })).sense)).toBe('052400');
    expect(code((await fixture.run(writeAtomic(1, '0001'), { out: block(7) })).sense)).toBe('052400');
    expect(code((await fixture.run(writeAtomic(2), { out: block(7) })).sense)).toBe('050e03');
    expect((await fixture.run(writeAtomic(0))).status).toBe(STATUS.GOOD);
  });

  it('does not exist where the store promises nothing, and is not listed there', async () => {
    const fixture = world({ device: { store: new UnrulyStore(SIZE) } });
    expect(code((await fixture.run(writeAtomic(1), { out: block(7) })).sense)).toBe('052000');
    expect(toHex((await fixture.run('a3 0c 01 9c 0000 00000040 00 00', { in: 64 })).dataIn)).toBe('00000000');
    expect(toHex((await world().run('a3 0c 01 9c 0000 00000040 00 00', { in: 64 })).dataIn)).toMatch(/^000300109cf8/);
  });
});

describe('WRITE ATOMIC to a file', () => {
  const cdb = (blocks: number): string => `9c 00 ${lba16(0)} 0000 ${blocks.toString(16).padStart(4, '0')} 00 00`;

  it('goes through the device, which keeps it in the state directory meanwhile, and is on stable storage', async () => {
    const store = new UnrulyStore(SIZE);
    const written: string[] = [];
    const fixture = world({
      device: {
        store,
        atomicWriteLength: 4 * BLOCK,
        writeAtomically: (data, position) => {
          written.push(`${position}+${data.length}`);
          return data[0] === 0xee ? Promise.reject(new StoreError('ENOSPC', 'full')) : Promise.resolve();
        },
      },
    });
    expect(toHex((await fixture.run('12 01 b0 00 40 00', { in: 64 })).dataIn.subarray(44, 48))).toBe('00000004');
    expect((await fixture.run(cdb(4), { out: block(7, 4) })).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run(cdb(5), { out: block(7, 5) })).sense)).toBe('052400');
    expect(code((await fixture.run(cdb(2), { out: block(0xee, 2) })).sense)).toBe('072707');
    expect(written).toEqual(['0+2048', '0+1024']);
    expect(store.log).toEqual([]);
  });
});

describe('thin provisioning', () => {
  const zeros = block(0);
  const writeSame = '93 08 0000000000000004 00000002 00 00';

  it('promises zeros for what is freed, and frees with WRITE SAME only what is to read so', async () => {
    const fixture = world({ device: { thinProvisioned: true } });
    expect((await fixture.run('9e 10 0000000000000000 00000020 00 00', { in: 32 })).dataIn[14]).toBe(0xc0);
    expect((await fixture.run('12 01 b2 00 08 00', { in: 8 })).dataIn[5]).toBe(0xe4);
    expect((await fixture.run(writeSame, { out: block(5) })).status).toBe(STATUS.GOOD);
    expect(await readBlock(fixture, 5)).toEqual(block(5));
    expect((await fixture.run(writeSame, { out: zeros })).status).toBe(STATUS.GOOD);
    expect(await readBlock(fixture, 5)).toEqual(zeros);
    expect((await fixture.device.store?.extents?.(4 * BLOCK, BLOCK))?.[0]?.allocated).toBe(false);
  });

  it('promises nothing in the other profiles, where data does not matter', async () => {
    const fixture = world({ profile: 'scst', device: { thinProvisioned: true } });
    expect((await fixture.run('9e 10 0000000000000000 00000020 00 00', { in: 32 })).dataIn[14]).toBe(0x80);
    expect((await fixture.run(writeSame, { out: block(5) })).status).toBe(STATUS.GOOD);
    expect(await readBlock(fixture, 5)).toEqual(zeros);
  });
});

describe('READ DEFECT DATA', () => {
  it('gives empty lists of the kind and the format asked for', async () => {
    const fixture = world();
    expect(toHex((await fixture.run('37 00 1d 00000000 0020 00', { in: 32 })).dataIn)).toBe('001d0000');
    expect(toHex((await fixture.run('b7 08 00000000 00000020 00 00', { in: 32 })).dataIn)).toBe('0008000000000000');
  });
});

describe('rules of the profile', () => {
  it('says WRITE PROTECTED for SWP, and takes it back', async () => {
    const fixture = world();
    const select = (swp: string): Promise<{ status: number }> => fixture.run('15 10 00 00 10 00', { out: hex(`00000000 0a0a 2010 ${swp} 00 0000 0000 0000`) });
    expect((await select('08')).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run('2a 00 00000000 00 0001 00', { out: block(1) })).sense)).toBe('072700');
    expect((await select('00')).status).toBe(STATUS.GOOD);
    expect((await fixture.run('2a 00 00000000 00 0001 00', { out: block(1) })).status).toBe(STATUS.GOOD);
  });

  it('reads for nobody, and leaves it to the residual', async () => {
    const fixture = world();
    expect(await fixture.run('28 00 00000000 00 0001 00')).toMatchObject({ status: STATUS.GOOD, residual: -BLOCK });
    expect(await fixture.run('28 00 00000000 00 0001 00', { out: block(1) })).toMatchObject({ status: STATUS.GOOD, residual: BLOCK });
    expect(await fixture.run('12 00 00 00 24 00')).toMatchObject({ status: STATUS.GOOD, residual: -0x24 });
    expect(code((await world({ profile: 'scst' }).run('28 00 00000000 00 0001 00')).sense)).toBe('054900');
  });

  it('writes what nobody sends nowhere, after it has looked at the write protection', async () => {
    const fixture = world();
    expect(await fixture.run('2a 00 00000000 00 0001 00')).toMatchObject({ status: STATUS.GOOD, residual: -BLOCK });
    expect(code((await fixture.run('41 00 00000000 00 0001 00')).sense)).toBe('050e03');
    await fixture.run('15 10 00 00 10 00', { out: hex('00000000 0a0a 2010 08 00 0000 0000 0000') });
    for (const cdb of ['2a 00 00000000 00 0001 00', '41 00 00000000 00 0001 00']) expect(code((await fixture.run(cdb)).sense)).toBe('072700');
    expect(code((await world({ profile: 'scst' }).run('2a 00 00000000 00 0001 00')).sense)).toBe('054900');
  });

  it('lets WRITE SAME have one block, no more and no less', async () => {
    const fixture = world({ device: { thinProvisioned: true } });
    for (const flags of ['00', '08']) {
      expect(code((await fixture.run(`41 ${flags} 00000000 00 0001 00`, { out: block(1, 2) })).sense)).toBe('050e03');
      expect(code((await fixture.run(`41 ${flags} 00000000 00 0001 00`, { out: new Uint8Array(BLOCK / 2) })).sense)).toBe('050e03');
      expect((await fixture.run(`41 ${flags} 00000000 00 0001 00`, { out: block(1) })).status).toBe(STATUS.GOOD);
    }
  });

  it('names the number of block descriptors that an UNMAP can carry', async () => {
    const limits = (await world({ device: { thinProvisioned: true } }).run('12 01 b0 00 40 00', { in: 64 })).dataIn;
    expect(toHex(limits.subarray(24, 28))).toBe('00000fff');
  });

  it('compares and writes up to 255 blocks, and says where a block differs', async () => {
    const fixture = world({ device: { store: new MemoryStore(1024 * BLOCK) } });
    const both = new Uint8Array(510 * BLOCK).fill(9, 255 * BLOCK);
    expect((await fixture.run(`89 00 ${lba16(0)} 000000 ff 00 00`, { out: both })).status).toBe(STATUS.GOOD);
    expect(await readBlock(fixture, 254)).toEqual(block(9));
    const off = block(9, 2);
    off[77] = 1;
    const miscompare = tryDecodeSense((await fixture.run(`89 00 ${lba16(0)} 000000 01 00 00`, { out: off })).sense);
    expect(miscompare).toMatchObject({ senseKey: 0xe, additionalSenseCode: 0x1d, information: 77n });
    expect((await fixture.run(`89 00 ${lba16(0)} 000000 00 00 00`)).status).toBe(STATUS.GOOD);
    expect(code((await fixture.run(`89 00 ${lba16(0)} 000000 00 00 00`, { out: block(1, 512) })).sense)).toBe('052400');
  });
});

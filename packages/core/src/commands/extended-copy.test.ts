import { STATUS, writeU16, writeU32, writeU64 } from '@scst/scsi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../clock.js';
import { ScstCore } from '../core.js';
import type { NexusLogicalUnit } from '../nexus/logical-unit.js';
import type { Profile } from '../profile.js';
import { type BlockStore, StoreError, type Storage } from '../store/block-store.js';
import { MemoryStore } from '../store/memory-store.js';

/** Backing files in memory. */
class MemoryFiles implements Storage {
  readonly files = new Map<string, Uint8Array>();
  readonly #state = new Map<string, Uint8Array>();

  async open(path: string): Promise<BlockStore> {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new StoreError('ENOENT', path);
    return await Promise.resolve(new MemoryStore(bytes));
  }
  async readState(path: string): Promise<Uint8Array | undefined> {
    return await Promise.resolve(this.#state.get(path));
  }
  async writeState(path: string, data: Uint8Array): Promise<void> {
    this.#state.set(path, data);
    await Promise.resolve();
  }
  async removeState(path: string): Promise<void> {
    this.#state.delete(path);
    await Promise.resolve();
  }
  async stat(path: string): Promise<'file' | 'missing'> {
    return await Promise.resolve(this.files.has(path) ? 'file' : 'missing');
  }
}

const MIB = 1024 * 1024;
const A = 0x5000_0000_0000_000an;
const B = 0x5000_0000_0000_000bn;
const C = 0x5000_0000_0000_000cn;

/** A clock that counts how often somebody waits for a second, and lets nobody do so. */
class CountingClock implements Clock {
  waits = 0;
  after(milliseconds: number, callback: () => void): () => void {
    if (milliseconds !== 1000) return systemClock.after(milliseconds, callback);
    this.waits++;
    setImmediate(callback);
    return () => undefined;
  }
}

let core: ScstCore;
let storage: MemoryFiles;
let clock: CountingClock;

async function start(profile: Profile = 'recorded'): Promise<void> {
  storage = new MemoryFiles();
  clock = new CountingClock();
  core = new ScstCore({ profile, storage, clock, scan: 'manual' });
  await core.modules.load('scst');
  await core.modules.load('scst_vdisk');
  await core.modules.load('scst_local', { add_default_tgt: '0' });
  for (const [name, naa, options] of [['a', A, ''], ['b', B, ''], ['c', C, ';blocksize=4096']] as const) {
    storage.files.set(`/${name}`, new Uint8Array(4 * MIB));
    await write('handlers/vdisk_fileio/mgmt', `add_device ${name} filename=/${name}${options}`);
    await write(`devices/${name}/naa_id`, `0x${naa.toString(16)}`);
  }
  await write('targets/scst_local/mgmt', 'add_target t');
  await write('targets/scst_local/t/luns/mgmt', 'add a 0');
  await write('targets/scst_local/t/luns/mgmt', 'add b 1');
  await write('targets/scst_local/mgmt', 'add_session t i');
  await core.settled();
}

async function write(path: string, text: string): Promise<void> {
  await core.tree.write(path, text);
}

const unit = (lun = 0): NexusLogicalUnit => core.nexus('t', 'i', lun);
const bytes = (name: string): Uint8Array => storage.files.get(`/${name}`)!;
const fill = (name: string): void => {
  bytes(name).forEach((_, at, all) => {
    all[at] = (at * 7 + (at >> 9)) & 0xff;
  });
};

interface Segment {
  source?: number;
  destination?: number;
  blocks: number;
  from?: bigint;
  to?: bigint;
  dc?: boolean;
}

function copyList(parties: readonly (readonly [naa: bigint, blockSize: number])[], segments: readonly Segment[], listId = 1): Uint8Array {
  const list = new Uint8Array(16 + parties.length * 32 + segments.length * 28);
  list[0] = listId;
  writeU16(list, 2, parties.length * 32);
  writeU32(list, 8, segments.length * 28);
  let at = 16;
  for (const [naa, blockSize] of parties) {
    list.set([0xe4, 0, 0, 0, 1, 3, 0, 8], at);
    writeU64(list, at + 8, naa);
    writeU16(list, at + 30, blockSize);
    at += 32;
  }
  for (const { source = 0, destination = 1, blocks, from = 0n, to = 0n, dc = false } of segments) {
    list[at] = 2;
    list[at + 1] = dc ? 2 : 0;
    writeU16(list, at + 2, 0x18);
    writeU16(list, at + 4, source);
    writeU16(list, at + 6, destination);
    writeU16(list, at + 10, blocks);
    writeU64(list, at + 12, from);
    writeU64(list, at + 20, to);
    at += 28;
  }
  return list;
}

function copyCdb(length: number): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb[0] = 0x83;
  writeU32(cdb, 10, length);
  return cdb;
}

/** `good`, a status, or sense data. */
async function copy(list: Uint8Array, on = unit()): Promise<string> {
  await on.execute({ cdb: new Uint8Array(6) });
  const { status, sense } = await on.execute({ cdb: copyCdb(list.length), dataOut: list });
  if (status === STATUS.GOOD) return 'good';
  return status === STATUS.CHECK_CONDITION ? Buffer.from(sense).toString('hex') : status.toString(16);
}

async function results(action: number, listId = 1, length = 512): Promise<string> {
  const cdb = Uint8Array.of(0x84, action, listId, 0, 0, 0, 0, 0, 0, 0, 0, 0, length >> 8, length & 0xff, 0, 0);
  const { status, sense, dataIn } = await unit().execute({ cdb, dataIn: new Uint8Array(512) });
  return Buffer.from(status === STATUS.GOOD ? dataIn : sense).toString('hex');
}

const AB = [
  [A, 512],
  [B, 512],
] as const;

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  await core.close();
});

describe('EXTENDED COPY', () => {
  it('copies from one device to another, however much', async () => {
    fill('a');
    expect(await copy(copyList(AB, [{ blocks: 5000, from: 3n, to: 100n }]))).toBe('good');
    expect(Buffer.compare(bytes('b').subarray(100 * 512, 5100 * 512), bytes('a').subarray(3 * 512, 5003 * 512))).toBe(0);
    expect(bytes('b').subarray(0, 100 * 512).every((byte) => byte === 0)).toBe(true);
    expect(bytes('b').subarray(5100 * 512).every((byte) => byte === 0)).toBe(true);
  });
  it('copies between block sizes, counted in the one or the other', async () => {
    fill('a');
    await write('targets/scst_local/t/luns/mgmt', 'add c 2');
    const list = copyList([[A, 512], [C, 4096]], [{ blocks: 16, from: 8n, to: 2n }, { blocks: 1, to: 9n, dc: true }]);
    expect(await copy(list)).toBe('good');
    expect(Buffer.compare(bytes('c').subarray(8192, 16384), bytes('a').subarray(4096, 12288))).toBe(0);
    expect(Buffer.compare(bytes('c').subarray(9 * 4096, 10 * 4096), bytes('a').subarray(0, 4096))).toBe(0);
  });
  it('finds only devices that some target shows to the initiator, unless the copy manager is told otherwise', async () => {
    const list = copyList([[A, 512], [C, 4096]], [{ blocks: 8 }]);
    expect(await copy(list)).toBe('700005000000000a00000000260000800030');
    await write('targets/scst_local/mgmt', 'add_target other');
    await write('targets/scst_local/other/ini_groups/mgmt', 'create g');
    await write('targets/scst_local/other/ini_groups/g/luns/mgmt', 'add c 7');
    expect(await copy(list)).toBe('700005000000000a00000000260000800030');
    await write('targets/scst_local/other/ini_groups/g/initiators/mgmt', 'add i*');
    expect(await copy(list)).toBe('good');
    await write('targets/scst_local/mgmt', 'del_target other');
    await write('targets/copy_manager/allow_not_connected_copy', '1');
    expect(await copy(list)).toBe('good');
  });
  it('tells which segment failed on which side, and why', async () => {
    const outOfRange = '700005000000000a00000000210000000000' + '00';
    expect(await copy(copyList(AB, [{ blocks: 1 }, { blocks: 1, from: 9000n }]))).toBe('70000a000000001d12000002000000000002' + outOfRange);
    expect(await copy(copyList(AB, [{ blocks: 1, to: 9000n }, { blocks: 1 }]))).toBe('70000a000000001d00120001000000000002' + outOfRange);
    await core.close();
    await start('t10');
    expect(await copy(copyList(AB, [{ blocks: 1 }, { blocks: 1, from: 9000n }]))).toBe('70000a000000001d12000001000000000002' + outOfRange);
  });
  it('waits for a reservation against it to go, half a minute', async () => {
    const reserve = Uint8Array.of(0x16, 0, 0, 0, 0, 0);
    const other = unit(1);
    await other.execute({ cdb: new Uint8Array(6) });
    await other.execute({ cdb: reserve });
    // SCST: no sense data of the failed write, so a pointer to the destination's descriptor.
    expect(await copy(copyList(AB, [{ blocks: 1 }]))).toBe('70000a000000000a000000010d0100800030');
    expect(clock.waits).toBe(30);
    expect(await copy(copyList([AB[1], AB[0]], [{ blocks: 1 }]))).toBe('70000a000000000a12000001000000000000');
    clock.waits = 0;
    const patient = copy(copyList(AB, [{ blocks: 1 }]));
    await other.execute({ cdb: Uint8Array.of(0x17, 0, 0, 0, 0, 0) });
    expect(await patient).toBe('good');
  });
  it('goes on while a device it runs on is waited for', async () => {
    const copying = copy(copyList(AB, [{ blocks: 5000 }]));
    await new Promise((resolve) => setImmediate(resolve));
    let idle = false;
    const blocking = core.devices.get('b')!.block(true).then(() => {
      idle = true;
    });
    expect(idle).toBe(false);
    expect(await copying).toBe('good');
    await blocking;
    core.devices.get('b')!.unblock();
  });
  it('does not begin on a device that is blocked', async () => {
    await core.devices.get('b')!.block(true);
    fill('a');
    const copying = copy(copyList(AB, [{ blocks: 8 }]));
    await core.settled();
    expect(bytes('b').every((byte) => byte === 0)).toBe(true);
    core.devices.get('b')!.unblock();
    expect(await copying).toBe('good');
  });
  it('ends with a reset, and lets go of the other device', async () => {
    const reserve = Uint8Array.of(0x16, 0, 0, 0, 0, 0);
    const other = unit(1);
    await other.execute({ cdb: new Uint8Array(6) });
    await other.execute({ cdb: reserve });
    const copying = copy(copyList(AB, [{ blocks: 1 }])).catch((error: unknown) => (error as { code: string }).code);
    await new Promise((resolve) => setImmediate(resolve));
    await unit().reset('lun');
    expect(await copying).toBe('ABORTED');
    expect(clock.waits).toBeLessThan(30);
    await core.devices.get('b')!.block(true);
    core.devices.get('b')!.unblock();
  });
  it('with nothing to do is good', async () => {
    expect(await copy(copyList([], []))).toBe('good');
    expect(await copy(copyList(AB, []))).toBe('good');
    expect(await copy(copyList(AB, [{ blocks: 0, from: 99_999n }]))).toBe('good');
    expect((await unit().execute({ cdb: copyCdb(0) })).status).toBe(STATUS.GOOD);
  });
  it('looks at its list before unit attentions and reservations, which it then obeys', async () => {
    const fresh = unit(1);
    const bad = new Uint8Array(15);
    expect((await fresh.execute({ cdb: copyCdb(15), dataOut: bad })).sense[12]).toBe(0x24);
    const list = copyList(AB, [{ blocks: 1 }]);
    expect((await fresh.execute({ cdb: copyCdb(list.length), dataOut: list })).sense[12]).toBe(0x29);
    expect((await fresh.execute({ cdb: copyCdb(list.length), dataOut: list })).status).toBe(STATUS.GOOD);
  });
});

describe('RECEIVE COPY RESULTS', () => {
  const UNKNOWN = '700005000000000a00000000240000c00002';

  it('tells once what became of a copy', async () => {
    await copy(copyList(AB, [{ blocks: 4 }, { blocks: 0 }, { blocks: 4 }]));
    // 2 KiB after the first segment, and 4 KiB after the last, added up.
    expect(await results(0)).toBe('00000008' + '01' + '0003' + '01' + '00000006');
    expect(await results(0)).toBe(UNKNOWN);
    await copy(copyList(AB, [{ blocks: 1, to: 9000n }]));
    expect(await results(0)).toBe('00000008' + '02' + '0001' + '01' + '00000000');
  });
  it('gives the sense data of the failed segment, to be read again until there is room for all of it', async () => {
    await copy(copyList(AB, [{ blocks: 1, to: 9000n }]));
    const details = `0000005e${'00'.repeat(52)}0200002570000a000000001d00120001000000000002700005000000000a0000000021000000000000`;
    expect(await results(4, 1, 60)).toBe(details.slice(0, 120));
    expect(await results(4)).toBe(details);
    expect(await results(4)).toBe(UNKNOWN);
  });
  it('keeps what became of a refused segment, and nothing of a refused list', async () => {
    expect(await copy(copyList(AB, [{ source: 9, blocks: 1 }]))).toBe('70000a000000000a00000000000000a00004');
    expect((await results(4)).slice(120)).toBe('70000a000000000a00000000000000a00004');
    await copy(copyList([[9n, 512]], []));
    expect(await results(0)).toBe(UNKNOWN);
  });
  it('knows the copies of its own session', async () => {
    await write('targets/scst_local/mgmt', 'add_session t j');
    await copy(copyList(AB, [{ blocks: 1 }], 7));
    const { sense } = await core.nexus('t', 'j', 0).execute({ cdb: Uint8Array.of(0x84, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0), dataIn: new Uint8Array(512) });
    expect(sense[12]).toBe(0x29);
    expect((await results(0, 7)).slice(8, 10)).toBe('01');
  });
  it('tells what it can do', async () => {
    await unit().execute({ cdb: new Uint8Array(6) });
    expect(await results(3)).toBe('0000002a010000000005008f0000ffff100000000000000000000000000000000000ffffff1000000000000202e4');
    expect(await results(1)).toBe('700005000000000a00000000240000c80001');
  });
});

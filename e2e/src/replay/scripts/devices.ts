import { type RecordedFile, type RecordedWrite } from '../command-steps.js';
import { type Designator } from './copy-requests.js';
import { type Random } from './random.js';

/** A device that scripts send commands to. */
export interface ScriptDevice {
  readonly handler: string;
  readonly name: string;
  readonly files: readonly RecordedFile[];
  /** What makes it; the first of them again makes it anew. */
  readonly writes: readonly RecordedWrite[];
  readonly blockSize: number;
  readonly blocks: number;
  /** TST of its control mode page. */
  readonly tst: 0 | 1;
  /** Writes that tell initiators of something, or are refused. */
  readonly attributes: readonly WrittenAttribute[];
  /** By which the copy manager finds it. */
  readonly designators: readonly Designator[];
  /** Files that change behind its back. */
  readonly sizes?: { readonly path: string; readonly bytes: readonly number[] };
}

export interface WrittenAttribute {
  readonly path: string;
  readonly values: readonly string[];
}

export type DeviceKind = 'fileio' | 'nullio' | 'vcdrom' | 'blockio';
export const DEVICE_KINDS: readonly DeviceKind[] = ['fileio', 'nullio', 'vcdrom', 'blockio'];

export const makeDevice = (kind: DeviceKind, random: Random, number = 0): ScriptDevice => {
  switch (kind) {
    case 'fileio':
      return fileio(random, number);
    case 'nullio':
      return nullio(random, number);
    case 'vcdrom':
      return vcdrom(random, number);
    case 'blockio':
      return blockio(random, number);
  }
};

const MIB = 1 << 20;
const long = (length: number): string => 'abcdefghijklmnopqrstuvwxyz'.repeat(Math.ceil(length / 26)).slice(0, length);

/** Texts and numbers by which a device is known; some too long or wrong. Page 83h of all of them stays below 256 bytes: SCST has no room for more, and writes it all the same. */
const identity = (handler: string, name: string): WrittenAttribute[] => {
  const values: Record<string, readonly string[]> = {
    t10_dev_id: ['x1', 'x1', long(25), long(26), 'nine-char'],
    t10_vend_id: ['ACME', 'LONGNAME', 'TOOLONGNAME', ''],
    vend_specific_id: ['v', long(20), long(12), long(100), long(129), ''],
    prod_id: ['one', 'two', long(16), long(17), ''],
    prod_rev_lvl: ['1', '12.3', '12345'],
    scsi_device_name: ['iqn.2001-04.com.example:disk', 'n', 'four', long(60), long(257), ''],
    usn: ['1', long(20), long(21), ''],
    inq_vend_specific: ['vendor', long(20), long(21), long(100), long(160), long(161), ''],
    naa_id: ['0x5000c50015ea71ac', '6000c50015ea71ac6000c50015ea71ac', '0x', '', '1000c50015ea71ac', '3'],
    eui64_id: ['0x0011223344556677', '001122334455667788990011', '00112233445566778899001122334455', '0x', '', '00'],
  };
  return Object.entries(values).map(([attribute, each]) => ({ path: `handlers/${handler}/${name}/${attribute}`, values: each }));
};

/** Names that are known beforehand, and the writes that give them. */
const known = (handler: string, name: string, number: number, random: Random, vendor: string): { writes: RecordedWrite[]; designators: Designator[] } => {
  const t10 = `id-of-${number}`;
  const writes: RecordedWrite[] = [[`handlers/${handler}/${name}/t10_dev_id`, t10], [`handlers/${handler}/${name}/vend_specific_id`, t10]];
  const designators: Designator[] = [{ codeSet: 2, type: 1, id: Buffer.from(vendor.padEnd(8) + t10) }];
  if (random.chance(0.5)) {
    writes.push([`handlers/${handler}/${name}/naa_id`, `5000c50015ea710${number}`]);
    designators.push({ codeSet: 1, type: 3, id: Buffer.from(`5000c50015ea710${number}`, 'hex') });
  }
  if (random.chance(0.5)) {
    writes.push([`handlers/${handler}/${name}/eui64_id`, `001122334455660${number}`]);
    designators.push({ codeSet: 1, type: 2, id: Buffer.from(`001122334455660${number}`, 'hex') });
  }
  return { writes, designators };
};

const fileio = (random: Random, number: number): ScriptDevice => {
  const handler = 'vdisk_fileio';
  const name = `disk${number}`;
  const path = `/disk/${name}.img`;
  const blockSize = random.pick(512, 512, 512, 1024, 4096);
  const blocks = random.pick(1024, 2048, 2048, 4096, 9);
  const tst = random.pick<0 | 1>(1, 1, 1, 0);
  const options = [`filename=${path}`];
  if (blockSize !== 512) options.push(`blocksize=${blockSize}`);
  if (tst === 0) options.push('tst=0');
  if (random.chance(0.35)) options.push('thin_provisioned=1');
  for (const option of ['write_through=1', 'nv_cache=1', 'removable=1', 'rotational=0', 'read_only=1', 'lb_per_pb_exp=0']) if (random.chance(0.12)) options.push(option);
  const { writes: names, designators } = known(handler, name, number, random, 'SCST_FIO');
  const writes: RecordedWrite[] = [[`handlers/${handler}/mgmt`, `add_device ${name} ${options.join('; ')}`], ...names];
  if (random.chance(0.3)) writes.push([`devices/${name}/expl_alua`, '1']);
  if (random.chance(0.1)) writes.push([`handlers/${handler}/${name}/opt_trans_len`, random.pick('65536', '1048576', '16777216')]);
  const attribute = (file: string, ...values: readonly string[]): WrittenAttribute => ({ path: `handlers/${handler}/${name}/${file}`, values });
  // Sometimes not of whole blocks.
  const size = blocks * blockSize + (random.chance(0.15) ? random.int(blockSize) : 0);
  return {
    handler, name, writes, blockSize, blocks, tst, designators,
    files: [{ path, size, fill: random.pick('lba', 'zero', 'byte:55') }],
    attributes: [...identity(handler, name), attribute('resync_size', '1'), attribute('resync_size', '1'), attribute('sync', '1'), attribute('gen_tp_soft_threshold_reached_UA', '1'), attribute('expl_alua', '0', '1'), attribute('lb_per_pb_exp', '0', '1')],
    sizes: { path, bytes: [size, size / 2, size * 2, size + 1, size + blockSize] },
  };
};

const nullio = (random: Random, number: number): ScriptDevice => {
  const handler = 'vdisk_nullio';
  const name = `null${number}`;
  const blockSize = random.pick(512, 512, 4096);
  // Also more blocks than READ CAPACITY (10) can tell of.
  const blocks = random.pick(2048, 2048, 2 ** 32 - 1, 2 ** 32, 2 ** 33 + 5);
  const options = [`size=${blocks * blockSize}`, ...(blockSize === 512 ? [] : [`blocksize=${blockSize}`])];
  // Not `dummy`: Linux makes no device of a LUN that has none behind it.
  for (const option of ['removable=1', 'rotational=0', 'read_only=1', 'tst=0']) if (random.chance(0.12)) options.push(option);
  const { writes: names, designators } = known(handler, name, number, random, 'SCST_FIO');
  const attribute = (file: string, ...values: readonly string[]): WrittenAttribute => ({ path: `handlers/${handler}/${name}/${file}`, values });
  return {
    handler, name, blockSize, blocks, tst: options.includes('tst=0') ? 0 : 1, files: [], designators,
    // What a read gives is not defined otherwise.
    writes: [[`handlers/${handler}/mgmt`, `add_device ${name} ${options.join('; ')}`], [`handlers/${handler}/${name}/read_zero`, '1'], ...names],
    attributes: [...identity(handler, name), attribute('size', String(blocks * blockSize), String(512 * 4096), '1000', '0'), attribute('size_mb', '1', '2', '3000000')],
  };
};

const vcdrom = (random: Random, number: number): ScriptDevice => {
  const [handler, name, one, two] = ['vcdrom', `cd${number}`, `/disk/one${number}.iso`, `/disk/two${number}.iso`];
  const filename = `handlers/${handler}/${name}/filename`;
  const tst = random.chance(0.9) ? 1 : 0;
  return {
    handler, name, blockSize: 2048, blocks: 512, tst, designators: [],
    files: [{ path: one, size: MIB, fill: 'lba' }, { path: two, size: MIB / 2 + random.pick(0, 0, 1000), fill: 'byte:77' }],
    writes: [[`handlers/${handler}/mgmt`, `add_device ${name}${tst === 0 ? ' tst=0' : ''}`], ...(random.chance(0.8) ? [[filename, one] as RecordedWrite] : [])],
    // A change of the medium more often than of a name.
    attributes: [...identity(handler, name), ...Array.from({ length: 8 }, () => ({ path: filename, values: [one, two, '/disk/none.iso', '\n'] }))],
  };
};

/** On a loop device. Not thin: that takes such a device seconds to free blocks. */
const blockio = (random: Random, number: number): ScriptDevice => {
  const handler = 'vdisk_blockio';
  const name = `blk${number}`;
  const path = `/dev/loop${number}`;
  const blockSize = random.pick(512, 512, 4096);
  const blocks = 2048;
  const options = [`filename=${path}`, 'thin_provisioned=0'];
  if (blockSize !== 512) options.push(`blocksize=${blockSize}`);
  for (const option of ['write_through=1', 'nv_cache=1', 'removable=1', 'read_only=1', 'tst=0']) if (random.chance(0.12)) options.push(option);
  const { writes: names, designators } = known(handler, name, number, random, 'SCST_BIO');
  const attribute = (file: string, ...values: readonly string[]): WrittenAttribute => ({ path: `handlers/${handler}/${name}/${file}`, values });
  return {
    handler, name, blockSize, blocks, tst: options.includes('tst=0') ? 0 : 1, designators,
    files: [{ path, kind: 'block', size: blocks * blockSize, fill: random.pick('lba', 'zero'), logicalBlockSize: 512, physicalBlockSize: 512, discardGranularity: 4096, discardMaxBytes: 4294966784 }],
    writes: [[`handlers/${handler}/mgmt`, `add_device ${name} ${options.join('; ')}`], ...names],
    attributes: [...identity(handler, name), ...Array.from({ length: 3 }, () => attribute('active', '0', '1', '1')), attribute('resync_size', '1'), attribute('expl_alua', '0', '1')],
  };
};

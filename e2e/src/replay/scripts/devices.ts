import { type RecordedFile, type RecordedWrite } from '../command-steps.js';
import { type Random } from './random.js';

/** A device that scripts send commands to. */
export interface ScriptDevice {
  readonly handler: string;
  readonly name: string;
  readonly files: readonly RecordedFile[];
  /** What makes it. */
  readonly writes: readonly RecordedWrite[];
  readonly blockSize: number;
  readonly blocks: number;
  /** TST of its control mode page. */
  readonly tst: 0 | 1;
  readonly attributes: { readonly path: string; readonly values: readonly string[] }[];
}

export type DeviceKind = 'fileio' | 'nullio' | 'vcdrom';
export const DEVICE_KINDS: readonly DeviceKind[] = ['fileio', 'nullio', 'vcdrom'];

export const makeDevice = (kind: DeviceKind, random: Random): ScriptDevice => {
  switch (kind) {
    case 'fileio':
      return fileio(random);
    case 'nullio':
      return nullio(random);
    case 'vcdrom':
      return vcdrom(random);
  }
};

/** Writes that tell initiators of something, or are refused. */
const identity = (handler: string, name: string): ScriptDevice['attributes'][number] => ({ path: `handlers/${handler}/${name}/t10_dev_id`, values: ['x1'] });

const fileio = (random: Random): ScriptDevice => {
  const handler = 'vdisk_fileio';
  const name = 'disk0';
  const blockSize = random.pick(512, 512, 512, 1024, 4096);
  const blocks = random.pick(1024, 2048, 4096);
  const tst = random.pick<0 | 1>(1, 1, 1, 0);
  const options = [`filename=/disk/${name}.img`];
  if (blockSize !== 512) options.push(`blocksize=${blockSize}`);
  if (tst === 0) options.push('tst=0');
  for (const option of ['thin_provisioned=1', 'write_through=1', 'nv_cache=1', 'removable=1', 'rotational=0', 'read_only=1']) if (random.chance(0.15)) options.push(option);
  const writes: RecordedWrite[] = [[`handlers/${handler}/mgmt`, `add_device ${name} ${options.join('; ')}`]];
  if (random.chance(0.3)) writes.push([`devices/${name}/expl_alua`, '1']);
  return {
    handler, name, writes, blockSize, blocks, tst,
    files: [{ path: `/disk/${name}.img`, size: blocks * blockSize, fill: random.pick('lba', 'zero', 'byte:55') }],
    attributes: [identity(handler, name), { path: `handlers/${handler}/${name}/resync_size`, values: ['1'] }, { path: `handlers/${handler}/${name}/prod_id`, values: ['one', 'two'] }],
  };
};

const nullio = (random: Random): ScriptDevice => {
  const handler = 'vdisk_nullio';
  const name = 'null0';
  const blockSize = random.pick(512, 512, 4096);
  const blocks = 2048;
  const options = [`size=${blocks * blockSize}`, ...(blockSize === 512 ? [] : [`blocksize=${blockSize}`])];
  for (const option of ['removable=1', 'rotational=0', 'read_only=1']) if (random.chance(0.15)) options.push(option);
  return {
    handler, name, blockSize, blocks, tst: 1, files: [],
    // What a read gives is not defined otherwise.
    writes: [[`handlers/${handler}/mgmt`, `add_device ${name} ${options.join('; ')}`], [`handlers/${handler}/${name}/read_zero`, '1']],
    attributes: [identity(handler, name)],
  };
};

const vcdrom = (random: Random): ScriptDevice => {
  const [handler, name, one, two] = ['vcdrom', 'cd0', '/disk/one.iso', '/disk/two.iso'];
  const filename = `handlers/${handler}/${name}/filename`;
  return {
    handler, name, blockSize: 2048, blocks: 512, tst: 1,
    files: [{ path: one, size: 1048576, fill: 'lba' }, { path: two, size: 524288, fill: 'byte:77' }],
    writes: [[`handlers/${handler}/mgmt`, `add_device ${name}`], ...(random.chance(0.8) ? [[filename, one] as RecordedWrite] : [])],
    attributes: [identity(handler, name), { path: filename, values: [one, two, '/disk/none.iso'] }],
  };
};

import { Random } from '../scripts/random.js';
import { type TreeRecording } from '../recording.js';
import { textOf, type TreeScriptStep } from '../tree-record.js';
import { type TreeStep } from '../tree-steps.js';
import { Texts } from './texts.js';

const DRIVER = 'targets/scst_local';
const MODULES = ['scst', 'scst_vdisk', 'scst_local'];
/** Names to choose from: few, so that they meet; some that show otherwise than they are called, or only differ in case. */
const NAMES = {
  target: ['scst_local_tgt', 't1', 't1', 't2', 't2', 'T1', 'a/b'],
  session: ['s1', 's2', 's3', 'iqn.2005:x', 'S1', 's1_1', 'scst_local_host', 'x/y'],
  group: ['g1', 'g1', 'g2', 'g3', 'G1', 'g/1'],
  device: ['d1', 'd1', 'd2', 'f1', 'f2', 'c1', 'b1', 'D1'],
  pattern: ['s1', 's?', '*', 's*', '!s1', 'iqn*', '*_host', 'S1', '*1', '!*2', 'x?y'],
  deviceGroup: ['dg1', 'dg1', 'dg2'],
  targetGroup: ['tg1', 'tg1', 'tg2', 'tg3'],
  lun: ['0', '0', '1', '2', '3', '7', '16383', '16384', '0x10', '-1'],
} as const;

const HANDLERS: Readonly<Record<string, readonly [handler: string, options: readonly string[]]>> = {
  d: ['vdisk_nullio', ['', 'dummy=1', 'read_only=1', 'size_mb=10', 'size=4096;blocksize=1024', 'rotational=0', 'removable=1; tst=0', 't10_dev_id=zz', 'dif_mode=tgt|dev;dif_type=1']],
  D: ['vdisk_nullio', ['usn=1', 'x=1', '']],
  f: ['vdisk_fileio', ['filename=/tmp/st/a.img', 'filename=/tmp/st/b.img', 'filename=/tmp/st/a.img;read_only=1', 'filename=/tmp/st/none', 'filename=/tmp/st/none;active=0', 'filename=/tmp/st/b.img;nv_cache=1;thin_provisioned=1', 'filename=/tmp/st/a.img; write_through=1 ;blocksize=4096', 'filename=/tmp/st/dir', 'filename=relative', '']],
  c: ['vcdrom', ['', 'tst=0', 'tst=1']],
  b: ['vdisk_blockio', ['filename=/tmp/st/a.img', 'filename=/tmp/st/a.img;active=0', 'active=0']],
};

type Values = readonly [string, ...string[]];
/** Attributes with values that fit them, mostly. Not `block`, `suspend` and `black_hole`, in which commands stay. */
const ATTRIBUTES: Readonly<Record<'set' | 'target' | 'device' | 'targetGroup' | 'driver' | 'root', readonly (readonly [name: string, values: Values])[]>> = {
  set: [['addr_method', ['FLAT', 'LUN', 'PERIPHERAL', 'x']], ['io_grouping_type', ['auto', 'never', '5', 'this_group_only', '-1']], ['cpu_mask', ['1', '0', '2', '00000001', '0,1']], ['black_hole', ['0', '5', 'x']]],
  target: [['rel_tgt_id', ['1', '2', '3', '0', '65535']], ['comment', ['hi', 'a b']], ['forward_src', ['0', '1', '2']], ['forward_dst', ['0', '1']], ['forwarding', ['0', '1']], ['aen_disabled', ['1', '0']], ['scsi_transport_version', ['0', '0xbe0', '5']], ['phys_transport_version', ['1', '0']]],
  device: [
    ['active', ['0', '1']], ['size', ['1048576', '512', '1000']], ['size_mb', ['5', '0']], ['filename', ['/tmp/st/b.img', '/tmp/st/a.img', '/tmp/st/none', '\n']], ['threads_num', ['0', '1', '2']], ['threads_pool_type', ['shared', 'per_initiator']],
    ['resync_size', ['1']], ['sync', ['1']], ['t10_dev_id', ['q', '\n', 'hello world']], ['t10_vend_id', ['ACME', '123456789']], ['vend_specific_id', ['v', '\n']], ['usn', ['u1', 'u2']], ['prod_id', ['P', '\n']], ['prod_rev_lvl', ['1.0', '12345']], ['scsi_device_name', ['n', '\n']],
    ['inq_vend_specific', ['abc', '\n']], ['naa_id', ['5000c50015ea71ac', '0x5000c50015ea71ac', '5000c50015ea71zz', '\n']], ['eui64_id', ['0011223344556677', '0x001122334455667788990011', '\n']], ['read_zero', ['1', '0']], ['async', ['1', '0']], ['expl_alua', ['1', '0']],
    ['bind_alua_state', ['1', '0']], ['max_tgt_dev_commands', ['5', '64']], ['opt_trans_len', ['4096', '100']], ['pr_file_name', ['/tmp/st/pr', '\n']], ['numa_node_id', ['0', '-1']], ['lb_per_pb_exp', ['0', '1']], ['dif_static_app_tag', ['5', '0xffff']],
  ],
  targetGroup: [['state', ['active', 'nonoptimized', 'standby', 'unavailable', 'offline', 'transitioning']], ['group_id', ['1', '2', '65535']], ['preferred', ['0', '1']]],
  driver: [['trace_level', ['add debug', 'del debug', 'default', 'none', 'value 0x10']]],
  root: [['setup_id', ['0x10', '5', '0']], ['threads', ['1', '2']], ['max_tasklet_cmd', ['10', '20']], ['poll_us', ['0', '5']], ['trace_level', ['add debug', 'default', 'value 0']]],
};

export interface TreeScriptOptions {
  readonly seed: number;
  readonly steps: number;
}

/** A recording without its outcomes: random commands and values, in every spelling, with reads of what they change. */
export const makeTreeScript = ({ seed, steps }: TreeScriptOptions): TreeRecording => {
  const name = `tree-${seed}`;
  const script = new TreeScript(new Random(seed));
  const scenario = { op: 'scenario' as const, name, modules: MODULES, about: `random commands and values, seed ${seed}` };
  return { kind: 'tree', file: `${name}.jsonl`, name, scenario, steps: [...script.steps(steps)] as TreeStep[] };
};

class TreeScript {
  readonly #random: Random;
  readonly #texts: Texts;

  /** Whether the second file is there. */
  #present = true;

  constructor(random: Random) {
    this.#random = random;
    this.#texts = new Texts(random);
  }

  *steps(count: number): Generator<TreeScriptStep> {
    yield { op: 'file', path: '/tmp/st/a.img', size: 1048576 };
    yield { op: 'file', path: '/tmp/st/b.img', size: 3000000 };
    yield { op: 'mkdir', path: '/tmp/st/dir' };
    for (const [path, text] of [
      ['handlers/vdisk_nullio/mgmt', 'add_device d1'],
      ['handlers/vdisk_fileio/mgmt', 'add_device f1 filename=/tmp/st/a.img'],
      [`${DRIVER}/mgmt`, 'add_target t1 session_name=s1'],
      [`${DRIVER}/t1/luns/mgmt`, 'add d1 0'],
      [`${DRIVER}/t1/ini_groups/mgmt`, 'create g1'],
      ['device_groups/mgmt', 'create dg1'],
      ['device_groups/dg1/target_groups/mgmt', 'create tg1'],
      ['device_groups/dg1/devices/mgmt', 'add d1'],
    ] as const) yield { op: 'write', path, data: text };
    for (let made = 1; made <= count; made += 1) {
      yield* this.#random.chance(0.02) ? this.#file() : this.#random.chance(0.6) ? this.#command() : this.#attribute();
      if (made % 5 === 0) yield { op: 'read', path: 'last_sysfs_mgmt_res' };
      if (made % 50 === 0) yield* WHOLE;
    }
    yield* WHOLE;
    for (const handler of ['vdisk_nullio', 'vdisk_fileio', 'vdisk_blockio', 'vcdrom']) yield { op: 'names', path: `handlers/${handler}` };
  }

  /** A file goes, or comes back with another size. */
  *#file(): Generator<TreeScriptStep> {
    yield this.#present ? { op: 'unlink', path: '/tmp/st/b.img' } : { op: 'file', path: '/tmp/st/b.img', size: this.#random.pick(2000000, 4194304, 1000) };
    this.#present = !this.#present;
  }

  *#command(): Generator<TreeScriptStep> {
    const random = this.#random;
    const [directory, text] = this.#someCommand();
    const spelled = random.chance(0.3) ? this.#texts.mutate(text) : this.#texts.around(text);
    yield write(`${directory}/mgmt`, spelled);
    yield { op: 'names', path: directory };
  }

  #someCommand(): readonly [directory: string, text: string] {
    const random = this.#random;
    switch (random.int(9)) {
      case 0:
        return [DRIVER, random.chance(0.6) ? `add_target ${this.#name('target')}${random.pick('', ` session_name=${this.#name('session')}`, ` session_name=${this.#name('session')};session_name=${this.#name('session')}`)}` : `del_target ${this.#name('target')}`];
      case 1:
        return [DRIVER, `${random.pick('add_session', 'add_session', 'del_session', 'ADD_SESSION')} ${this.#name('target')} ${this.#name('session')}`];
      case 2:
        return [`${this.#target()}/ini_groups`, `${random.pick('create', 'create', 'del', 'destroy')} ${this.#name('group')}`];
      case 3:
        return [`${this.#group()}/initiators`, random.pick(`add ${this.#name('pattern')}`, `add ${this.#name('pattern')}`, `del ${this.#name('pattern')}`, `move ${this.#name('pattern')} ${this.#name('group')}`, 'clear')];
      case 4: {
        const device = this.#name('device');
        const [handler, options] = HANDLERS[device.charAt(0)] ?? ['vcdrom', ['']];
        return [`handlers/${handler}`, random.chance(0.7) ? `add_device ${device} ${random.pick(...(options as Values))}`.trim() : `del_device ${device}`];
      }
      case 5:
      case 6: {
        const [device, lun] = [this.#name('device'), random.chance(0.1) ? this.#texts.number() : this.#name('lun')];
        const option = random.pick('', '', ' read_only=1', ' read_only=0', ' read_only=2');
        return [`${this.#set()}/luns`, random.pick(`add ${device} ${lun}${option}`, `add ${device} ${lun}${option}`, `replace ${device} ${lun}${option}`, `replace_no_ua ${device} ${lun}`, `del ${lun}`, `del ${lun}`, 'clear')];
      }
      case 7:
        return random.pick<readonly [string, string]>(
          ['device_groups', `${random.pick('create', 'create', 'del')} ${this.#name('deviceGroup')}`],
          [`device_groups/${this.#name('deviceGroup')}/devices`, `${random.pick('add', 'add', 'del')} ${this.#name('device')}`],
        );
      default:
        return random.pick<readonly [string, string]>(
          [`device_groups/${this.#name('deviceGroup')}/target_groups`, `${random.pick('create', 'create', 'del')} ${this.#name('targetGroup')}`],
          [this.#targetGroup(), `${random.pick('add', 'add', 'del')} ${random.pick(this.#name('target'), 'elsewhere')}`],
        );
    }
  }

  *#attribute(): Generator<TreeScriptStep> {
    const random = this.#random;
    const kind = random.pick('set', 'target', 'device', 'device', 'device', 'targetGroup', 'driver', 'root');
    const [name, values] = random.pick(...(ATTRIBUTES[kind] as readonly [readonly [string, Values]]));
    const path = { set: () => this.#set(), target: () => this.#target(), device: () => `devices/${this.#name('device')}`, targetGroup: () => this.#targetGroup(), driver: () => DRIVER, root: () => '' }[kind]();
    const file = path === '' ? name : `${path}/${name}`;
    const value = random.chance(0.25) ? this.#texts.number() : random.pick(...values);
    const text = random.chance(0.15) ? this.#texts.mutate(value) : this.#texts.around(value);
    // A comment with a NUL before its newline takes the kernel down.
    yield write(file, name === 'comment' ? text.replaceAll('\0', '') : text);
    yield { op: 'read', path: file };
    if (['active', 'filename', 'size', 'size_mb', 'resync_size'].includes(name)) for (const other of ['size', 'active', 'filename']) yield { op: 'read', path: `${path}/${other}` };
  }

  #name(kind: keyof typeof NAMES): string {
    return this.#random.pick(...(NAMES[kind] as Values));
  }

  #target(): string {
    return `${DRIVER}/${shown(this.#name('target'))}`;
  }

  #group(): string {
    return `${this.#target()}/ini_groups/${shown(this.#name('group'))}`;
  }

  #set(): string {
    return this.#random.chance(0.5) ? this.#target() : this.#group();
  }

  #targetGroup(): string {
    return `device_groups/${this.#name('deviceGroup')}/target_groups/${this.#name('targetGroup')}`;
  }
}

const WHOLE: readonly TreeScriptStep[] = [{ op: 'dump', path: 'targets' }, { op: 'dump', path: 'devices' }, { op: 'dump', path: 'device_groups' }];

const shown = (name: string): string => name.replaceAll('/', '!');

const write = (path: string, text: string): TreeScriptStep => ({ op: 'write', path, ...textOf(Buffer.from(text, 'latin1')) });

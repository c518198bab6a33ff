import { MemoryTree } from '@scst/sysfs/compliance';

const COUNTERS = ['read', 'write', 'bidi'].flatMap((direction) => [`${direction}_cmd_count`, `${direction}_io_count_kb`, `${direction}_unaligned_cmd_count`]).concat('none_cmd_count', 'unknown_cmd_count');

/** The TransportID that scst_local gives session number N (SPEC sysfs 7). */
export const transportId = (number: number): Uint8Array =>
  Uint8Array.of(6, 0, 0, 0, 0x5f, 0xee, 0xde, 0x40 | ((number >> 4) & 15), 0x0f | ((number & 15) << 4), 0xad, 0xe0, 0x50, ...new Uint8Array(12));

/** A session whose files show what a test sets. */
export interface FakeSession {
  readonly path: string;
  readonly counters: Map<string, number>;
  readonly latency: Map<string, string>;
  transportId: Uint8Array;
  active: number;
}

/** A tree with the outlines of SCST's, for tests: what it shows is theirs to say, and it counts what is read. */
export class FakeScst {
  readonly tree: MemoryTree;
  readonly reads = new Map<string, number>();
  measureLatency = '0';
  stats = 'Aborts: 3, Device Resets: 2, Target Resets: 1';
  #sessions = 0;

  constructor() {
    this.tree = new MemoryTree();
    this.tree.directory('devices').directory('device_groups').directory('handlers/vdisk_fileio').directory('targets/copy_manager');
    this.file('measure_latency', () => `${this.measureLatency}\n`);
    this.file('version', () => 'SCST version: 3.11.0-pre\nSCST build date: \nSCST git commit sha1: \nSCST kver: 6.1.0\nSCST arch type: x86_64\nSCST config: TRACING\n');
    this.file('threads', () => '2\n');
    this.file('suspend', () => '0\n');
    this.file('targets/scst_local/version', () => '3.11.0-pre/20110901\nTRACING\n');
    this.file('targets/scst_local/stats', () => `${this.stats}\n`);
    this.file('sgv/global_stats', () => 'Inactive pages                             5\n');
  }

  file(path: string, show: () => string | Uint8Array | Promise<string>): this {
    this.tree.file(path, {
      show: () => {
        this.reads.set(path, (this.reads.get(path) ?? 0) + 1);
        return show();
      },
    });
    return this;
  }

  target(name: string): this {
    this.tree.directory(`targets/scst_local/${name}/luns`).directory(`targets/scst_local/${name}/ini_groups`).directory(`targets/scst_local/${name}/sessions`);
    return this;
  }

  device(name: string, files: Readonly<Record<string, string>> = {}): this {
    const path = `devices/${name}`;
    this.tree.link(`${path}/handler`, '../../handlers/vdisk_fileio').directory(`${path}/exported`);
    const all = { type: '0 - Direct-access device (e.g., magnetic disk)\n', usn: 'b8fdbd32\n', size: '1048576\n[key]\n', blocksize: '512\n', active: '1\n', read_only: '0\n', pr_state: 'version 1\ngeneration 0\n', ...files };
    for (const [file, text] of Object.entries(all)) this.file(`${path}/${file}`, () => text);
    return this;
  }

  /** Maps a LUN in the target's own set, or in that of a group. */
  lun(target: string, number: number, device: string, group?: string): this {
    const path = `targets/scst_local/${target}/${group === undefined ? 'luns' : `ini_groups/${group}/luns`}/${number}`;
    this.tree.link(`${path}/device`, `../../../../../devices/${device}`);
    return this.file(`${path}/read_only`, () => '0\n');
  }

  session(target: string, name: string, { luns = [], group }: { luns?: readonly number[]; group?: string } = {}): FakeSession {
    this.#sessions += 1;
    const path = `targets/scst_local/${target}/sessions/${name}`;
    const session: FakeSession = { path, counters: new Map(), latency: new Map(), transportId: transportId(this.#sessions), active: 0 };
    this.tree.link(`${path}/luns`, group === undefined ? '../../luns' : `../../ini_groups/${group}/luns`);
    this.file(`${path}/initiator_name`, () => `${name}\n`);
    this.file(`${path}/transport_id`, () => session.transportId);
    for (const counter of COUNTERS) this.file(`${path}/${counter}`, () => `${session.counters.get(counter) ?? 0}\n`);
    for (const lun of luns) this.file(`${path}/lun${lun}/active_commands`, () => `${session.active}\n`);
    for (const letter of ['n', 'r', 'w', 'b']) {
      for (let size = 512; size <= 524288; size *= 2) this.file(`${path}/latency/${letter}${size}`, () => `state count min max avg stddev\n${session.latency.get(`${letter}${size}`) ?? ''}`);
    }
    return session;
  }

  endSession(session: FakeSession): void {
    this.tree.remove(session.path);
  }
}

/** The series of a text, by name and labels as they stand there. */
export const seriesOf = (text: string): Map<string, number> => new Map(text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [[line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const])));

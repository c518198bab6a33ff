import { type CdbStep, type CommandStep, type RecordedFile, type RecordedWrite } from '../command-steps.js';
import { type CommandRecording } from '../recording.js';
import { ANY_REQUESTS, CONTROL_REQUESTS } from './control-requests.js';
import { COPY_REQUESTS } from './copy-requests.js';
import { type DeviceKind, makeDevice, type ScriptDevice } from './devices.js';
import { MEDIUM_REQUESTS } from './medium-requests.js';
import { Random } from './random.js';
import { IDENTITY_REQUESTS, REPORT_REQUESTS } from './report-requests.js';
import { type RequestMaker, type ScriptRequest, withNaca } from './request.js';
import { ReserveOutScript } from './reservations.js';

/** What a script is mostly about. */
interface Topic {
  readonly makers: readonly (readonly RequestMaker[])[];
  /** Shares of the steps that are no commands. */
  readonly resets?: number;
  readonly attributes?: number;
  readonly states?: number;
  readonly reservations?: number;
  readonly reconnects?: number;
  /** LUNs mapped, taken away, replaced; files whose size changes; devices made anew. */
  readonly mappings?: number;
  readonly sizes?: number;
  readonly renewals?: number;
  /** Devices besides the first. */
  readonly others?: readonly DeviceKind[];
  /** The first session may have a set of LUNs of its own. */
  readonly ownGroup?: boolean;
  /** Share of the commands with NACA set. None of them may carry data-out: SCST keeps a device for ever whose command it ends with ACA ACTIVE then. */
  readonly naca?: number;
}

const TOPICS: Readonly<Record<string, Topic>> = {
  all: { makers: [MEDIUM_REQUESTS, REPORT_REQUESTS, CONTROL_REQUESTS, ANY_REQUESTS] },
  medium: { makers: [MEDIUM_REQUESTS] },
  reports: { makers: [REPORT_REQUESTS] },
  modes: { makers: [CONTROL_REQUESTS, REPORT_REQUESTS], renewals: 0.02 },
  opcodes: { makers: [ANY_REQUESTS] },
  access: { makers: [ANY_REQUESTS, REPORT_REQUESTS, CONTROL_REQUESTS], states: 0.06, reservations: 0.4, reconnects: 0.02, renewals: 0.02 },
  identity: { makers: [IDENTITY_REQUESTS], attributes: 0.35 },
  units: { makers: [REPORT_REQUESTS, CONTROL_REQUESTS, MEDIUM_REQUESTS], mappings: 0.12, reconnects: 0, attributes: 0.05, others: ['fileio', 'vcdrom'], ownGroup: true },
  sizes: { makers: [MEDIUM_REQUESTS, REPORT_REQUESTS], sizes: 0.08, attributes: 0.08 },
  copies: { makers: [COPY_REQUESTS, COPY_REQUESTS, MEDIUM_REQUESTS], others: ['fileio'], reconnects: 0 },
  allegiance: { makers: [REPORT_REQUESTS], naca: 0.15, resets: 0.1 },
};
export const SCRIPT_TOPICS = Object.keys(TOPICS);

/** Whether scripts of a topic make sense for a kind of device. */
export const suits = (topic: string, kind: DeviceKind): boolean =>
  topic === 'copies' ? kind !== 'vcdrom' : topic === 'sizes' ? kind === 'fileio' || kind === 'nullio' : true;

export interface ScriptOptions {
  readonly kind: DeviceKind;
  readonly topic: string;
  readonly seed: number;
  readonly steps: number;
}

const SESSIONS = ['i0', 'i1', 'i2'] as const;
const TARGETS = ['t0', 't1'] as const;
const STATES = ['active', 'active', 'active', 'nonoptimized', 'standby', 'unavailable', 'offline', 'transitioning'] as const;
type Values = readonly [string, ...string[]];
/** What target groups are known by, and targets. */
const GROUP_ATTRIBUTES: Readonly<Record<'preferred' | 'group_id', Values>> = { preferred: ['0', '1'], group_id: ['1', '2', '3', '65535', '0'] };
const TARGET_ATTRIBUTES: Readonly<Record<'rel_tgt_id' | 'scsi_transport_version' | 'phys_transport_version' | 'addr_method', Values>> = { rel_tgt_id: ['1', '2', '3', '65535', '0'], scsi_transport_version: ['0', '0xbe0', '0x960', '5'], phys_transport_version: ['0', '0xbe0', '0xb60'], addr_method: ['PERIPHERAL', 'FLAT', 'LUN'] };
/** A target group of another machine. */
const REMOTE_GROUP: readonly RecordedWrite[] = [
  ['device_groups/dg/target_groups/mgmt', 'create far'],
  ['device_groups/dg/target_groups/far/group_id', '7'],
  ['device_groups/dg/target_groups/far/mgmt', 'add elsewhere'],
  ['device_groups/dg/target_groups/far/elsewhere/rel_tgt_id', '9'],
];
/** Where the second device stands, and the others. */
const OTHER_LUNS = [1, 33, 300] as const;

/** A recording without its outcomes: random commands of several sessions to devices, with resets and writes between them. */
export const makeScript = ({ kind, topic, seed, steps }: ScriptOptions): CommandRecording => {
  const random = new Random(seed);
  const script = new Script(kind, TOPICS[topic] ?? { makers: [MEDIUM_REQUESTS] }, topic, random);
  const name = `${kind}-${topic}-${seed}`;
  const sessions = SESSIONS.map((session, index) => ({ name: session, target: TARGETS[index === 2 ? 1 : 0] }));
  const setup = { op: 'setup' as const, name, area: 'random', about: `random commands about ${topic}, seed ${seed}`, files: script.files, sysfs: script.writes, sessions };
  return { kind: 'commands', file: `${name}.jsonl`, name, setup, steps: [...script.steps(steps)] };
};

/** A device where a session finds it. */
interface Unit {
  readonly lun: number;
  readonly device: ScriptDevice;
}

class Script {
  readonly #random: Random;
  readonly #topic: Topic;
  readonly #device: ScriptDevice;
  readonly #units: readonly [Unit, ...Unit[]];
  readonly #grouped: boolean;
  readonly #reservations: ReserveOutScript;
  readonly writes: RecordedWrite[];

  constructor(kind: DeviceKind, topic: Topic, name: string, random: Random) {
    this.#random = random;
    this.#topic = topic;
    let device = makeDevice(kind, random);
    // With one task set for all, the others are told BUSY, and Linux asks again for half a minute.
    while (topic.naca !== undefined && device.tst === 0) device = makeDevice(kind, random);
    this.#device = device;
    this.#units = [{ lun: 0, device: this.#device }, ...(topic.others ?? []).map((other, index): Unit => ({ lun: OTHER_LUNS[index] ?? 1, device: makeDevice(other, random, index + 1) }))];
    this.#grouped = name === 'access' || random.chance(0.25);
    this.#reservations = new ReserveOutScript(random);
    this.writes = [...this.#units.flatMap(({ device }) => device.writes), ...this.#targets(), ...(topic.ownGroup && random.chance(0.5) ? this.#ownGroup() : []), ...(this.#grouped ? this.#targetGroups() : [])];
  }

  get files(): RecordedFile[] {
    return this.#units.flatMap(({ device }) => device.files);
  }

  *steps(count: number): Generator<CommandStep> {
    for (const session of SESSIONS) yield step(session, 0, { cdb: [0, 0, 0, 0, 0, 0], out: null, inLen: 0 });
    for (let made = 0; made < count; made += 1) yield* this.#step();
    // What is on the medium in the end.
    if (this.#device.handler === 'vdisk_fileio') yield step('i0', 0, { cdb: [0x28, 0, 0, 0, 0, 0, 0, 0, 16, 0], out: null, inLen: 16 * this.#device.blockSize });
  }

  #step(): CommandStep[] {
    const random = this.#random;
    const { resets = 0.02, attributes = 0.02, states = 0.04, reconnects = 0.01, mappings = 0, sizes = 0, renewals = 0 } = this.#topic;
    const session = random.pick(...SESSIONS);
    let event = random.next();
    const is = (share: number): boolean => {
      const chosen = event >= 0 && event < share;
      event -= share;
      return chosen;
    };
    if (is(resets)) return [{ op: 'reset', session, lun: 0, kind: random.pick('lun', 'target') }];
    if (is(attributes)) return [this.#attribute()];
    if (is(reconnects)) return [{ op: 'reconnect', session, target: session === 'i2' ? 't1' : 't0' }];
    if (is(states) && this.#grouped) return [this.#state()];
    if (is(mappings)) return [this.#mapping()];
    if (is(sizes)) return this.#size();
    if (is(renewals)) return this.#renewal();
    return [this.#command(session)];
  }

  #command(session: string): CommandStep {
    const random = this.#random;
    const { lun, device } = session === 'i2' || random.chance(0.6) ? this.#units[0] : random.pick(...this.#units);
    if (device.handler !== 'vcdrom' && random.chance(this.#topic.reservations ?? 0)) return step(session, lun, { ...this.#reservations.next(session), inLen: 0 });
    const makers = random.pick(...(this.#topic.makers as [readonly RequestMaker[]]));
    // The copy manager may be asked for any of the devices.
    const known = { ...device, designators: this.#units.flatMap((unit) => unit.device.designators) };
    const request = random.pick(...(makers as [RequestMaker]))(random, known);
    return step(session, lun, random.chance(this.#topic.naca ?? 0) ? withNaca(request) : request);
  }

  #state(): CommandStep {
    const random = this.#random;
    const group = `device_groups/dg/target_groups/${random.pick(...TARGETS)}`;
    if (random.chance(0.85)) return { op: 'sysfs', path: `${group}/state`, data: random.pick(...STATES) };
    const name = random.pick('preferred', 'group_id');
    return { op: 'sysfs', path: `${group}/${name}`, data: random.pick(...GROUP_ATTRIBUTES[name]) };
  }

  #attribute(): CommandStep {
    if (this.#random.chance(0.15)) {
      const name = this.#random.pick('rel_tgt_id', 'scsi_transport_version', 'phys_transport_version', 'addr_method');
      return { op: 'sysfs', path: `targets/scst_local/${this.#random.pick(...TARGETS)}/${name}`, data: this.#random.pick(...TARGET_ATTRIBUTES[name]) };
    }
    const { path, values } = this.#random.pick(...(this.#random.pick(...this.#units).device.attributes as [ScriptDevice['attributes'][number]]));
    return { op: 'sysfs', path, data: this.#random.pick(...(values as [string])) };
  }

  #mapping(): CommandStep {
    const random = this.#random;
    const { name } = random.pick(...this.#units).device;
    const { lun } = random.pick(...this.#units.slice(1) as [Unit]);
    const path = 'targets/scst_local/t0/luns/mgmt';
    const method = { op: 'sysfs' as const, path: 'targets/scst_local/t0/addr_method', data: random.pick('PERIPHERAL', 'FLAT', 'LUN') };
    const data = random.pick(`del ${lun}`, `add ${name} ${lun}`, `add ${name} ${lun} read_only=1`, `replace ${name} ${lun}`, `replace_no_ua ${name} ${lun}`, `replace ${name} 0`, `add ${name} ${random.int(400)}`);
    return random.chance(0.1) ? method : random.chance(0.05) ? { op: 'sysfs', path: 'targets/scst_local/t0/aen_disabled', data: random.pick('0', '1') } : { op: 'sysfs', path, data };
  }

  #size(): CommandStep[] {
    const { sizes, handler, name } = this.#device;
    if (sizes === undefined) return [this.#attribute()];
    const file: CommandStep = { op: 'file', path: sizes.path, size: Math.floor(this.#random.pick(...(sizes.bytes as [number]))) };
    return this.#random.chance(0.6) ? [file, { op: 'sysfs', path: `handlers/${handler}/${name}/resync_size`, data: '1' }] : [file];
  }

  /** The device goes, and comes back under its name. */
  #renewal(): CommandStep[] {
    const { handler, name, writes } = this.#device;
    const [made] = writes;
    if (made === undefined) return [this.#attribute()];
    return [
      { op: 'sysfs', path: `handlers/${handler}/mgmt`, data: `del_device ${name}` },
      { op: 'sysfs', path: made[0], data: made[1] },
      ...TARGETS.map((target): CommandStep => ({ op: 'sysfs', path: `targets/scst_local/${target}/luns/mgmt`, data: `add ${name} 0` })),
      ...(this.#grouped ? [{ op: 'sysfs' as const, path: 'device_groups/dg/devices/mgmt', data: `add ${name}` }] : []),
    ];
  }

  #targets(): RecordedWrite[] {
    const random = this.#random;
    const identified = random.chance(0.5);
    return TARGETS.flatMap((target, index): RecordedWrite[] => [
      ['targets/scst_local/mgmt', `add_target ${target}`],
      [`targets/scst_local/${target}/aen_disabled`, random.chance(0.9) ? '1' : '0'],
      ...(identified ? [[`targets/scst_local/${target}/rel_tgt_id`, String(index + 1)] as RecordedWrite] : []),
      ...this.#units.slice(0, index === 0 ? undefined : 1).map(({ lun, device }): RecordedWrite => [`targets/scst_local/${target}/luns/mgmt`, `add ${device.name} ${lun}${random.chance(0.05) ? ' read_only=1' : ''}`]),
    ]);
  }

  /** A set of LUNs for the first session alone, in another order and with another addressing method. */
  #ownGroup(): RecordedWrite[] {
    const group = 'targets/scst_local/t0/ini_groups/own';
    return [
      ['targets/scst_local/t0/ini_groups/mgmt', 'create own'],
      [`${group}/initiators/mgmt`, 'add i0'],
      [`${group}/addr_method`, this.#random.pick('PERIPHERAL', 'FLAT', 'LUN')],
      ...[...this.#units].reverse().map(({ lun, device }): RecordedWrite => [`${group}/luns/mgmt`, `add ${device.name} ${lun}`]),
    ];
  }

  #targetGroups(): RecordedWrite[] {
    return [
      ['device_groups/mgmt', 'create dg'],
      ['device_groups/dg/devices/mgmt', `add ${this.#device.name}`],
      ...TARGETS.flatMap((target, index): RecordedWrite[] => [
        ['device_groups/dg/target_groups/mgmt', `create ${target}`],
        [`device_groups/dg/target_groups/${target}/group_id`, String(index + 1)],
        [`device_groups/dg/target_groups/${target}/mgmt`, `add ${target}`],
      ]),
      ...(this.#random.chance(0.5) ? REMOTE_GROUP : []),
    ];
  }
}

const step = (session: string, lun: number, { cdb, out, inLen }: ScriptRequest): CdbStep => ({
  op: 'cdb', session, lun, cdb: Buffer.from(cdb).toString('hex'), out: out?.toString('hex') ?? null, inLen, status: 0, sense: '', in: '', resid: 0,
});

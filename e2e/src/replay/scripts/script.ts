import { type CdbStep, type CommandStep, type RecordedFile, type RecordedWrite } from '../command-steps.js';
import { type CommandRecording } from '../recording.js';
import { ANY_REQUESTS, CONTROL_REQUESTS } from './control-requests.js';
import { type DeviceKind, makeDevice, type ScriptDevice } from './devices.js';
import { MEDIUM_REQUESTS } from './medium-requests.js';
import { Random } from './random.js';
import { REPORT_REQUESTS } from './report-requests.js';
import { type RequestMaker, type ScriptRequest } from './request.js';
import { ReserveOutScript } from './reservations.js';

/** What a script is mostly about. */
const TOPICS: Readonly<Record<string, readonly (readonly RequestMaker[])[]>> = {
  all: [MEDIUM_REQUESTS, REPORT_REQUESTS, CONTROL_REQUESTS, ANY_REQUESTS],
  medium: [MEDIUM_REQUESTS],
  reports: [REPORT_REQUESTS],
  modes: [CONTROL_REQUESTS, REPORT_REQUESTS],
  opcodes: [ANY_REQUESTS],
  access: [ANY_REQUESTS, REPORT_REQUESTS, CONTROL_REQUESTS],
};
export const SCRIPT_TOPICS = Object.keys(TOPICS);

export interface ScriptOptions {
  readonly kind: DeviceKind;
  readonly topic: string;
  readonly seed: number;
  readonly steps: number;
}

const SESSIONS = ['i0', 'i1', 'i2'] as const;
const TARGETS = ['t0', 't1'] as const;
const STATES = ['active', 'active', 'nonoptimized', 'standby', 'unavailable', 'offline'] as const;

/** A recording without its outcomes: random commands of several sessions to one device, with resets and writes between them. */
export const makeScript = ({ kind, topic, seed, steps }: ScriptOptions): CommandRecording => {
  const random = new Random(seed);
  const device = makeDevice(kind, random);
  const name = `${kind}-${topic}-${seed}`;
  const grouped = topic === 'access' || random.chance(0.25);
  const sysfs = [...device.writes, ...targets(device, random), ...(grouped ? targetGroups(device) : [])];
  const sessions = SESSIONS.map((session, index) => ({ name: session, target: TARGETS[index === 2 ? 1 : 0] }));
  const files: RecordedFile[] = [...device.files];
  const setup = { op: 'setup' as const, name, area: 'random', about: `random commands about ${topic}, seed ${seed}`, files, sysfs, sessions };
  return { kind: 'commands', file: `${name}.jsonl`, name, setup, steps: [...commands(device, topic, random, steps, grouped)] };
};

const targets = ({ name }: ScriptDevice, random: Random): RecordedWrite[] => {
  const identified = random.chance(0.5);
  return TARGETS.flatMap((target, index): RecordedWrite[] => [
    ['targets/scst_local/mgmt', `add_target ${target}`],
    [`targets/scst_local/${target}/aen_disabled`, random.chance(0.9) ? '1' : '0'],
    ...(identified ? [[`targets/scst_local/${target}/rel_tgt_id`, String(index + 1)] as RecordedWrite] : []),
    [`targets/scst_local/${target}/luns/mgmt`, `add ${name} 0${random.chance(0.05) ? ' read_only=1' : ''}`],
  ]);
};

const targetGroups = ({ name }: ScriptDevice): RecordedWrite[] => [
  ['device_groups/mgmt', 'create dg'],
  ['device_groups/dg/devices/mgmt', `add ${name}`],
  ...TARGETS.flatMap((target, index): RecordedWrite[] => [
    ['device_groups/dg/target_groups/mgmt', `create ${target}`],
    [`device_groups/dg/target_groups/${target}/group_id`, String(index + 1)],
    [`device_groups/dg/target_groups/${target}/mgmt`, `add ${target}`],
  ]),
];

function* commands(device: ScriptDevice, topic: string, random: Random, steps: number, grouped: boolean): Generator<CommandStep> {
  const reservations = new ReserveOutScript(random);
  const makers = (TOPICS[topic] ?? MEDIUM_REQUESTS) as [readonly RequestMaker[], ...(readonly RequestMaker[])[]];
  for (const session of SESSIONS) yield step(session, { cdb: [0, 0, 0, 0, 0, 0], out: null, inLen: 0 });
  for (let made = 0; made < steps; made += 1) {
    const session = random.pick(...SESSIONS);
    const event = random.next();
    if (event < 0.02) yield { op: 'reset', session, lun: 0, kind: random.pick('lun', 'target') };
    else if (event < 0.04) {
      const { path, values } = random.pick(...(device.attributes as [ScriptDevice['attributes'][number]]));
      yield { op: 'sysfs', path, data: random.pick(...(values as [string])) };
    } else if (event < 0.05) yield { op: 'reconnect', session, target: session === 'i2' ? 't1' : 't0' };
    else if (event < 0.09 && grouped) yield { op: 'sysfs', path: `device_groups/dg/target_groups/${random.pick(...TARGETS)}/state`, data: random.pick(...STATES) };
    else if (topic === 'access' && device.handler !== 'vcdrom' && random.chance(0.4)) yield step(session, { ...reservations.next(session), inLen: 0 });
    else yield step(session, random.pick(...(random.pick(...makers) as [RequestMaker]))(random, device));
  }
}

const step = (session: string, { cdb, out, inLen }: ScriptRequest): CdbStep => ({
  op: 'cdb', session, lun: 0, cdb: Buffer.from(cdb).toString('hex'), out: out?.toString('hex') ?? null, inLen, status: 0, sense: '', in: '', resid: 0,
});

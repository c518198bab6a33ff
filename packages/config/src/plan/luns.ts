import { sameValue } from '../attributes/equal.js';
import { kindOf } from '../attributes/kinds.js';
import { pairsOf, valueOf, type LunConfig } from '../model/config.js';
import { type Draft } from './builder.js';
import { command, devicePath, type PlanContext } from './context.js';
import { lunSetSubject } from './device-removal.js';

/** A set of LUNs as the planner sees it. */
export interface LunSet {
  /** Path of the `luns` directory. */
  path: string;
  /** Path of the target. */
  target: string;
  driver: string;
  isNew: boolean;
  /** What must be there: `target:…`, `group:…`. */
  requires: readonly string[];
}

/** Plans the LUNs of a target or of a group. */
export const planLuns = async (context: PlanContext, luns: readonly LunConfig[], set: LunSet): Promise<void> => {
  const live = set.isNew ? new Set<string>() : new Set(await context.reader.names(set.path));
  const present = set.driver === 'copy_manager' ? await devicesOf(context, set.path, live) : undefined;
  const common: Common = { context, set, mgmt: `${set.path}/mgmt`, subject: lunSetSubject(set.path) };
  const asked: Promise<void>[] = [];
  for (const lun of luns) {
    // Numbers of the copy manager's LUNs are its own affair: it gives them when a device is made (SPEC 12).
    if (present?.has(lun.device) === true) continue;
    const path = `${set.path}/${lun.lun}`;
    if (live.has(String(lun.lun)) && !context.vanishing.has(path)) asked.push(planPresent(common, lun, path));
    else planNew(common, lun, path);
  }
  await Promise.all(asked);
  if (!context.prune || set.driver === 'copy_manager') return;
  const wanted = new Set(luns.map(({ lun }) => String(lun)));
  await Promise.all([...live].filter((number) => !wanted.has(number)).map((number) => planLunRemoval(context, set, number)));
};

const devicesOf = async (context: PlanContext, path: string, numbers: ReadonlySet<string>): Promise<Set<string | undefined>> =>
  new Set(await Promise.all([...numbers].map((number) => context.reader.link(`${path}/${number}/device`))));

const describe = ({ lun, device, attributes }: LunConfig): string => ['LUN', lun, device, ...pairsOf(attributes).map(([name, value]) => `${name}=${value}`)].join(' ');

/** What the LUNs of a set share; there may be thousands of them. */
interface Common {
  context: PlanContext;
  set: LunSet;
  mgmt: string;
  subject: string;
}

const addition = ({ context, set, mgmt, subject }: Common, lun: LunConfig, path: string): Draft => ({
  kind: 'add-lun',
  phase: 'luns',
  lane: path,
  subject: `${subject} / LUN ${lun.lun}`,
  summary: describe(lun),
  write: command(mgmt, ['add', lun.device, String(lun.lun)], lun.attributes),
  undo: [command(mgmt, ['del', String(lun.lun)])],
  goal: { type: 'link', path: `${path}/device`, name: lun.device },
  requires: [...set.requires, `device:${lun.device}`, `gone:${path}`],
  location: context.locator.locate(lun),
});

const planNew = (common: Common, lun: LunConfig, path: string): void => {
  common.context.builder.add(addition(common, lun, path));
};

const planPresent = async (common: Common, lun: LunConfig, path: string): Promise<void> => {
  const { context, set, mgmt } = common;
  const { reader, builder } = context;
  const device = await reader.link(`${path}/device`);
  const same = device === lun.device;
  if (same && !(await readOnlyDiffers(context, lun, path))) return;
  const readOnly = device === undefined ? undefined : (await reader.attribute(`${path}/read_only`))?.value;
  const undo = device === undefined ? [] : [command(mgmt, ['replace', device, String(lun.lun)], { read_only: readOnly === '1' ? 1 : undefined })];
  builder.add({
    ...addition(common, lun, path),
    kind: 'replace-lun',
    requires: [...set.requires, `device:${lun.device}`],
    before: same ? `read_only ${readOnly ?? '0'}` : device,
    after: same ? `read_only ${wantedReadOnly(lun) ?? '0'}` : lun.device,
    write: command(mgmt, ['replace', lun.device, String(lun.lun)], lun.attributes),
    undo,
    goal: same ? { type: 'value', path: `${path}/read_only`, attribute: 'read_only', value: wantedReadOnly(lun) ?? '0' } : { type: 'link', path: `${path}/device`, name: lun.device },
    affects: { device, target: set.target, luns: set.path, lun: lun.lun },
  });
};

const wantedReadOnly = ({ attributes }: LunConfig): string | undefined => {
  const value = valueOf(attributes, 'read_only');
  return value === undefined ? undefined : kindOf('read_only', 'lun')?.normalise(value);
};

/** A LUN shows `read_only 1` also when its device is read-only (SPEC 5): then there is nothing to change. */
const readOnlyDiffers = async (context: PlanContext, lun: LunConfig, path: string): Promise<boolean> => {
  const wanted = wantedReadOnly(lun) ?? (context.prune ? '0' : undefined);
  if (wanted === undefined) return false;
  const live = await context.reader.attribute(`${path}/read_only`);
  if (live === undefined || sameValue('read_only', wanted, live.value, 'lun')) return false;
  if (wanted === '1') return true;
  // vcdrom's LUNs are read-only too, though its devices do not show it.
  const device = devicePath(lun.device);
  const own = await context.reader.attribute(`${device}/read_only`);
  return own === undefined ? (await context.reader.link(`${device}/handler`)) !== 'vcdrom' : own.value !== '1';
};

/** Plans the removal of a LUN the configuration does not mention. */
export const planLunRemoval = async (context: PlanContext, set: LunSet, number: string): Promise<void> => {
  const path = `${set.path}/${number}`;
  if (context.vanishing.has(path)) return;
  context.vanishing.add(path);
  const [device, readOnly] = await Promise.all([context.reader.link(`${path}/device`), context.reader.attribute(`${path}/read_only`)]);
  context.builder.add({
    kind: 'remove-lun',
    phase: 'lun-removal',
    lane: path,
    subject: `${lunSetSubject(set.path)} / LUN ${number}`,
    summary: `LUN ${number} ${device ?? ''}`.trimEnd(),
    write: command(`${set.path}/mgmt`, ['del', number]),
    undo: device === undefined ? [] : [command(`${set.path}/mgmt`, ['add', device, number], { read_only: readOnly?.value === '1' ? 1 : undefined })],
    goal: { type: 'absent', path },
    affects: { device, target: set.target, luns: set.path, lun: Number(number) },
    provides: `gone:${path}`,
  });
};

import { type OperationOptions, readAttribute } from '@scst/sysfs';
import { type Context } from '../context.js';
import { directories, linkedName, links, orGone } from '../paths.js';
import { type ScsiDevice, scstLun } from '../scsi-device.js';
import { refuseWhileInUse } from './refuse.js';
import { type ScsiDeviceUse, type Use } from './use.js';

/** A session, by its place. */
export interface SessionPlace {
  /** The path of its directory. */
  readonly path: string;
  readonly target: string;
  readonly name: string;
  /** The LUNs of it that count; undefined: all, or those that are chosen by their sets. */
  readonly luns?: ReadonlySet<number> | undefined;
}

/** The sessions of a target, by the path of its directory; none where it has gone. */
export const sessionPlaces = async ({ tree }: Context, target: string): Promise<SessionPlace[]> => {
  const names = (await orGone(() => directories(tree, `${target}/sessions`))) ?? [];
  return names.map((name) => ({ path: `${target}/sessions/${name}`, target: target.slice(target.lastIndexOf('/') + 1), name }));
};

/** LUNs of a set, as the sessions see them that look at that set. */
export interface LunChoice {
  /** The path of the `luns` directory. */
  readonly set: string;
  /** Undefined: all of the set. */
  readonly lun: number | undefined;
}

/** How something is taken away. */
export interface RemovalOptions extends OperationOptions {
  /** Refuse with `IN_USE` while it is used, and let nobody open it before it has gone. Default: false, as SCST does it. */
  readonly unlessUsed?: boolean | undefined;
}

export interface UsesOptions extends OperationOptions {
  /**
   * Count commands that have not been answered. SCST tells of them through its work queue: while a management command is at work there, the question
   * waits for that. Default: true.
   */
  readonly commands?: boolean | undefined;
}

interface ChosenOptions extends UsesOptions {
  /** Certain LUNs; sessions that look at other sets are passed over. */
  readonly only?: readonly LunChoice[] | undefined;
}

interface GuardOptions<T> extends ChosenOptions {
  readonly sessions: readonly SessionPlace[];
  /** The sessions' SCSI devices go with it. Default: false. */
  readonly goes?: boolean | undefined;
  readonly work: () => Promise<T>;
}

/**
 * What uses sessions: commands that have not been answered, and whatever holds the SCSI devices that the machine made of their LUNs. What
 * goes away during the look is not in use.
 */
export const findSessionUses = async (context: Context, sessions: readonly SessionPlace[], options: ChosenOptions = {}): Promise<Use[]> => {
  const seen = await lookAt(context, sessions, options);
  const uses = await context.usesOf(devicesOf(seen));
  return seen.flatMap(({ session, commands, devices }) => [...commands, ...usesThrough(session, devices, uses)]);
};

/**
 * Takes something away unless it is used. Between the look and the end of it nobody can mount what goes, swap to it, build on it or open it: disks are
 * claimed, and then set offline. Whoever came between the first look and that is found by a second one, and everything is as it was again.
 *
 * @param what What is taken away, for the error.
 * @throws LocalError `IN_USE`, before anything was done.
 */
export const unlessUsed = async <T>(context: Context, what: string, { sessions, goes, work, ...options }: GuardOptions<T>): Promise<T> => {
  const seen = await lookAt(context, sessions, options);
  const devices = devicesOf(seen);
  const usesOf = (uses: readonly ScsiDeviceUse[]): Use[] => seen.flatMap(({ session, commands, devices }) => [...commands, ...usesThrough(session, devices, uses)]);
  refuseWhileInUse(what, usesOf(devices.length === 0 ? [] : await context.usesOf(devices)));
  if (context.claimDisks === undefined || devices.length === 0) return await work();
  await using claims = await context.claimDisks(devices);
  refuseWhileInUse(what, usesOf(claims.refused));
  const barred = new Set(await claims.bar());
  if (barred.size > 0) refuseWhileInUse(what, usesOf(await context.usesOf(devices.filter(({ address }) => barred.has(address)))));
  return await claims.during(work, { goes, gone: () => goneFrom(context, seen) });
};

/** The addresses of the devices whose LUNs their sessions do not see any more. */
const goneFrom = async ({ tree }: Context, seen: readonly SeenSession[]): Promise<string[]> => {
  const addresses = seen.map(async ({ session, devices }) => {
    const names = new Set(await orGone(() => directories(tree, session.path)));
    return devices.filter(({ lun }) => !names.has(`lun${scstLun(lun)}`)).map(({ address }) => address);
  });
  return (await Promise.all(addresses)).flat();
};

interface SeenSession extends LookedSession {
  /** The machine's devices of the LUNs that count. */
  readonly devices: readonly ScsiDevice[];
}

const lookAt = async (context: Context, sessions: readonly SessionPlace[], { only, ...options }: ChosenOptions): Promise<SeenSession[]> => {
  const looked = (await Promise.all(sessions.map((session) => look(context, session, only, options)))).filter((one) => one !== undefined);
  const hosts = new Set(looked.flatMap(({ host }) => (host === undefined ? [] : [host])));
  const devices = hosts.size === 0 ? [] : (await context.scsiDevices({ signal: options.signal })).filter(({ host }) => hosts.has(host));
  return looked.map((one) => ({ ...one, devices: devices.filter((device) => device.host === one.host && (one.luns === undefined || one.luns.has(scstLun(device.lun)))) }));
};

/** Each once. */
const devicesOf = (seen: readonly SeenSession[]): ScsiDevice[] => [...new Map(seen.flatMap(({ devices }) => devices).map((device) => [device.address, device])).values()];

const usesThrough = ({ target, name }: SessionPlace, devices: readonly ScsiDevice[], uses: readonly ScsiDeviceUse[]): Use[] =>
  devices.flatMap(({ address, lun }) => uses.filter(({ device }) => device === address).map(({ kind, reason, mountPoint, holder }) => ({ kind, reason, session: `${target}/${name}`, lun, mountPoint, holder })));

interface LookedSession {
  readonly session: SessionPlace;
  readonly host: number | undefined;
  /** The LUNs that count; undefined: all. */
  readonly luns: ReadonlySet<number> | undefined;
  readonly commands: readonly Use[];
}

const look = async ({ tree }: Context, session: SessionPlace, only: readonly LunChoice[] | undefined, options: UsesOptions): Promise<LookedSession | undefined> =>
  await orGone(async () => {
    const { path } = session;
    const place = `${session.target}/${session.name}`;
    const chosen = session.luns ?? (only === undefined ? 'all' : await lunsSeen(tree, path, only));
    if (chosen === 'none') return undefined;
    const luns = chosen === 'all' ? undefined : chosen;
    const [host, commands] = await Promise.all([
      links(tree, path).then((names) => (names.includes('host') ? linkedName(tree, `${path}/host`) : undefined)),
      luns === undefined ? activeCommands(tree, path, place, undefined, options) : Promise.all([...luns].map((lun) => activeCommands(tree, `${path}/lun${lun}`, place, lun, options))).then((each) => each.flat()),
    ]);
    return { session, host: host === undefined ? undefined : Number(host.replace('host', '')), luns, commands };
  });

const lunsSeen = async (tree: Context['tree'], path: string, only: readonly LunChoice[]): Promise<'none' | 'all' | ReadonlySet<number>> => {
  const link = await tree.readlink(`${path}/luns`);
  const here = only.filter(({ set }) => link === linkTo(set, path));
  if (here.length === 0) return 'none';
  const luns = here.map(({ lun }) => lun);
  return luns.includes(undefined) ? 'all' : new Set(luns.filter((lun) => lun !== undefined));
};

/** What the link `luns` of a session holds that looks at a set: `../../luns`, `../../ini_groups/G/luns`. Undefined: the set is another target's. */
const linkTo = (set: string, sessionPath: string): string | undefined => {
  const target = sessionPath.slice(0, sessionPath.lastIndexOf('/sessions/'));
  return set.startsWith(`${target}/`) ? `../../${set.slice(target.length + 1)}` : undefined;
};

const activeCommands = async (tree: Context['tree'], directory: string, session: string, lun: number | undefined, { commands = true, signal }: UsesOptions): Promise<Use[]> => {
  if (!commands) return [];
  const count = await orGone(async () => Number((await readAttribute(tree, `${directory}/active_commands`, { signal })).value));
  if (count === undefined || count === 0) return [];
  return [{ kind: 'commands', reason: `${count} active command${count === 1 ? '' : 's'}`, session, lun }];
};

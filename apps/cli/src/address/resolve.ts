import { type Device, LocalError, type Group, type LunSet, type Scst, type Session, type Target } from '@scst/local';
import { SysfsError, type SysfsTree } from '@scst/sysfs';
import { usageError } from '../errors.js';

/** The target driver that an address without one means. */
export const DEFAULT_DRIVER = 'scst_local';

/** The LUNs of a target, or of one of its groups. */
export interface ResolvedLunSet {
  readonly luns: LunSet;
  readonly target: Target;
  readonly group: Group | undefined;
}

/** One LUN of a session. */
export interface ResolvedLun {
  readonly session: Session;
  readonly number: number;
}

/**
 * A target driver and the name of a target, from `DRIVER:TARGET` or `TARGET`. What stands before a colon counts as a driver only if
 * there is one of that name, since targets' own names have colons too (`iqn.2026-01.com.example:disk`).
 */
export const splitDriver = async (scst: Scst, text: string, driver?: string): Promise<{ driver: string; rest: string }> => {
  if (driver !== undefined) return { driver, rest: text };
  const [, prefix, rest] = /^(\w+):(.+)$/u.exec(text) ?? [];
  if (prefix !== undefined && rest !== undefined && (await isThere(scst.tree, `targets/${prefix}`))) return { driver: prefix, rest };
  return { driver: DEFAULT_DRIVER, rest: text };
};

/** A handle on a target, which need not exist. */
export const targetHandle = async (scst: Scst, text: string, driver?: string): Promise<Target> => {
  const split = await splitDriver(scst, text, driver);
  return scst.driver(split.driver).target(split.rest);
};

/** A target that exists. Throws LocalError `NOT_FOUND`. */
export const resolveTarget = async (scst: Scst, text: string, driver?: string): Promise<Target> => {
  const target = await targetHandle(scst, text, driver);
  await checkTarget(scst, target);
  return target;
};

/** A handle on a session, from `TARGET/SESSION`; the session need not exist. */
export const sessionHandle = async (scst: Scst, text: string, driver?: string): Promise<Session> => {
  const { target, name } = await splitMember(scst, text, 'sessions', driver);
  if (name === undefined) throw usageError(`“${text}” names no session`, 'Sessions are addressed as TARGET/SESSION.');
  return target.session(name);
};

/** A session that exists. Throws LocalError `NOT_FOUND`. */
export const resolveSession = async (scst: Scst, text: string, driver?: string): Promise<Session> => {
  const { target, name } = await sessionHandle(scst, text, driver);
  // A session is known by the name of its directory, which shows “!” for “/”.
  const session = target.session(name.replaceAll('/', '!'));
  await checkMember(scst, session.target, 'session', session.name, session.path, async () => (await session.target.sessions()).map(({ name }) => name));
  return session;
};

/** A handle on a group, from `TARGET/GROUP`; the group need not exist. */
export const groupHandle = async (scst: Scst, text: string, driver?: string): Promise<{ target: Target; group: Group }> => {
  const { target, name } = await splitMember(scst, text, 'ini_groups', driver);
  if (name === undefined) throw usageError(`“${text}” names no group`, 'Groups are addressed as TARGET/GROUP.');
  return { target, group: target.group(name) };
};

/** A group that exists. Throws LocalError `NOT_FOUND`. */
export const resolveGroup = async (scst: Scst, text: string, driver?: string): Promise<{ target: Target; group: Group }> => {
  const found = await groupHandle(scst, text, driver);
  await checkGroup(scst, found.target, found.group);
  return found;
};

/** The LUNs of `TARGET` or `TARGET/GROUP`. Throws LocalError `NOT_FOUND`. */
export const resolveLunSet = async (scst: Scst, text: string, driver?: string): Promise<ResolvedLunSet> => {
  const { target, name } = await splitMember(scst, text, 'ini_groups', driver);
  if (name === undefined) {
    await checkTarget(scst, target);
    return { luns: target.luns, target, group: undefined };
  }
  const group = target.group(name);
  await checkGroup(scst, target, group);
  return { luns: group.luns, target, group };
};

/** A device that exists. Throws LocalError `NOT_FOUND`. */
export const resolveDevice = async (scst: Scst, name: string): Promise<Device> => {
  const device = scst.device(name);
  // No device has such a name, but the tree may have something at such a path.
  if (name !== '' && !/[/.]/u.test(name) && (await isThere(scst.tree, device.path))) return device;
  throw new LocalError('NOT_FOUND', `there is no device ${name}`, { hint: `There are: ${list((await scst.devices()).map((other) => other.name))}.` });
};

/** Throws LocalError `NOT_FOUND` where there is no such target driver. */
export const checkDriver = async (scst: Scst, name: string): Promise<void> => {
  const drivers = (await scst.drivers()).map((driver) => driver.name);
  if (!drivers.includes(name)) throw new LocalError('NOT_FOUND', `there is no target driver ${name}`, { hint: `There are: ${list(drivers)}. Load its module for more.` });
};

/** A session and a LUN, from `TARGET/SESSION/LUN`. The LUN need not be mapped. Throws LocalError `NOT_FOUND` for the session. */
export const resolveLun = async (scst: Scst, text: string, driver?: string): Promise<ResolvedLun> => {
  const slash = text.lastIndexOf('/');
  const number = slash < 0 ? undefined : parseLun(text.slice(slash + 1));
  if (number === undefined) throw usageError(`“${text}” is no LUN of a session`, 'LUNs are addressed as TARGET/SESSION/LUN, such as scst_local_tgt/scst_local_host/0.');
  return { session: await resolveSession(scst, text.slice(0, slash), driver), number };
};

/** A LUN as people write it, decimal or `0x…`; undefined where it is no number. Whether SCST takes the number is SCST's to say. */
export const parseLun = (text: string): number | undefined => {
  const number = /^(?:\d+|0x[\da-f]+)$/iu.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
};

/** Whether something is at a path of the tree. */
export const isThere = async (tree: SysfsTree, path: string): Promise<boolean> => {
  try {
    await tree.stat(path);
    return true;
  } catch (error) {
    if (error instanceof SysfsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
};

/**
 * Divides `TARGET/MEMBER`. Names may themselves contain slashes, so of the places to divide the first one at which there is such a member
 * counts; if there is none anywhere, the last slash behind a target there is, and then the first one.
 */
const splitMember = async (scst: Scst, text: string, part: 'sessions' | 'ini_groups', driver?: string): Promise<{ target: Target; name: string | undefined }> => {
  const split = await splitDriver(scst, text, driver);
  const slashes = [...split.rest.matchAll(/\//gu)].map(({ index }) => index).filter((index) => index > 0 && index < split.rest.length - 1);
  const ways = slashes.map((index) => ({ target: scst.driver(split.driver).target(split.rest.slice(0, index)), name: split.rest.slice(index + 1) }));
  for (const way of ways) {
    if (await isThere(scst.tree, `${way.target.path}/${part}/${way.name.replaceAll('/', '!')}`)) return way;
  }
  const whole = scst.driver(split.driver).target(split.rest);
  if (ways.length === 0 || (await isThere(scst.tree, whole.path))) return { target: whole, name: undefined };
  for (const way of ways) {
    if (await isThere(scst.tree, way.target.path)) return way;
  }
  return ways[0] ?? { target: whole, name: undefined };
};

const checkTarget = async (scst: Scst, target: Target): Promise<void> => {
  if (await isThere(scst.tree, target.path)) return;
  await checkDriver(scst, target.driver);
  const names = (await scst.driver(target.driver).targets()).map(({ name }) => name);
  throw new LocalError('NOT_FOUND', `${target.driver} has no target ${target.name}`, { hint: `It has: ${list(names)}.` });
};

const checkGroup = async (scst: Scst, target: Target, group: Group): Promise<void> => {
  await checkMember(scst, target, 'group', group.name, group.path, async () => (await target.groups()).map(({ name }) => name));
};

const checkMember = async (scst: Scst, target: Target, what: string, name: string, path: string, others: () => Promise<string[]>): Promise<void> => {
  if (await isThere(scst.tree, path)) return;
  await checkTarget(scst, target);
  throw new LocalError('NOT_FOUND', `target ${target.name} has no ${what} ${name}`, { hint: `It has: ${list(await others())}.` });
};

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

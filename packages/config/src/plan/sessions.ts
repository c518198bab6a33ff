import { type TreeReader } from '@scst/sysfs';
import { directoryName, trueName } from '../model/names.js';
import { type SessionConfig, type TargetConfig, type TargetDriverConfig } from '../model/config.js';
import { command, driverPath, targetPath, type PlanContext } from './context.js';
import { type TreeWrite } from './operation.js';

/** A session that is there. */
export interface LiveSession {
  /** Name of its directory. */
  readonly directory: string;
  /** The initiator's name. */
  readonly name: string;
}

/** The sessions of a target, in the order of their directories. */
export const readSessions = async (reader: TreeReader, target: string): Promise<LiveSession[]> => {
  const directories = await reader.names(`${target}/sessions`);
  const names = await Promise.all(directories.map((directory) => reader.attribute(`${target}/sessions/${directory}/initiator_name`)));
  return directories.flatMap((directory, index) => {
    const name = names[index]?.value;
    return name === undefined ? [] : [{ directory, name }];
  });
};

/**
 * Plans the sessions of scst_local: those that are missing, then the TransportIDs that differ. They come when LUNs and groups are
 * complete, so that an initiator sees them all at once.
 */
export const planSessions = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, isNew: boolean): Promise<void> => {
  if (target.sessions.length === 0) return;
  const { reader } = context;
  const path = targetPath(driver.name, target.name);
  const live = isNew ? [] : await readSessions(reader, path);
  const free = new Map<string, LiveSession[]>();
  for (const session of live) free.set(session.name, [...(free.get(session.name) ?? []), session]);
  const taken = new Set(live.map(({ directory }) => directory));
  const present: { session: SessionConfig; directory: string }[] = [];
  for (const session of target.sessions) {
    const found = free.get(session.name)?.shift();
    if (found !== undefined) present.push({ session, directory: found.directory });
    else planSession(context, driver, target, session, freeDirectory(session.name, taken));
  }
  await Promise.all(present.map(({ session, directory }) => planTransportId(context, driver, target, session, directory)));
  if (context.prune) await Promise.all([...free.values()].flat().map((session) => planSessionRemoval(context, driver.name, directoryName(target.name), session)));
};

/** The directory a session will get: its name, or `NAME_1`, `NAME_2` … (SPEC 7). */
const freeDirectory = (name: string, taken: Set<string>): string => {
  const wanted = directoryName(name);
  let directory = wanted;
  for (let number = 1; taken.has(directory); number += 1) directory = `${wanted}_${number}`;
  taken.add(directory);
  return directory;
};

const subjectOf = (driver: string, target: string, session: string): string => `TARGET_DRIVER ${driver} / TARGET ${target} / session_name ${session}`;

const planSession = (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, session: SessionConfig, directory: string): void => {
  const mgmt = `${driverPath(driver.name)}/mgmt`;
  const path = `${targetPath(driver.name, target.name)}/sessions/${directory}`;
  const subject = subjectOf(driver.name, target.name, session.name);
  // One lane for a driver: the TransportID a session gets by itself follows the order in which sessions are made.
  const lane = `${driverPath(driver.name)}/sessions`;
  const location = context.locator.locate(session);
  context.builder.add({
    kind: 'add-session',
    phase: 'sessions',
    lane,
    subject,
    summary: `session_name ${session.name}`,
    write: command(mgmt, ['add_session', target.name, session.name]),
    undo: [command(mgmt, ['del_session', target.name, session.name])],
    goal: { type: 'present', path },
    provides: `session:${path}`,
    requires: [`target:${targetPath(driver.name, target.name)}`],
    location,
  });
  if (session.transportId === undefined) return;
  context.builder.add({
    kind: 'set-transport-id',
    phase: 'sessions',
    lane,
    subject,
    summary: `TransportID ${session.transportId}`,
    after: session.transportId,
    write: { path: `${path}/transport_id`, data: session.transportId, encoding: 'hex' },
    goal: { type: 'bytes', path: `${path}/transport_id`, hex: session.transportId },
    requires: [`session:${path}`],
    location,
  });
};

const planTransportId = async (context: PlanContext, driver: TargetDriverConfig, target: TargetConfig, session: SessionConfig, directory: string): Promise<void> => {
  const { transportId } = session;
  if (transportId === undefined) return;
  const path = `${targetPath(driver.name, target.name)}/sessions/${directory}`;
  const bytes = await context.reader.bytes(`${path}/transport_id`);
  if (bytes === undefined) {
    context.builder.ignore({ subject: subjectOf(driver.name, target.name, session.name), attribute: 'transport_id', reason: 'it has no such attribute', location: context.locator.locate(session) });
    return;
  }
  const before = Buffer.from(bytes).toString('hex');
  if (before === transportId) return;
  context.builder.add({
    kind: 'set-transport-id',
    phase: 'sessions',
    lane: `${driverPath(driver.name)}/sessions`,
    subject: subjectOf(driver.name, target.name, session.name),
    summary: `TransportID ${transportId}`,
    before,
    after: transportId,
    write: { path: `${path}/transport_id`, data: transportId, encoding: 'hex' },
    undo: before === '' ? [] : [{ path: `${path}/transport_id`, data: before, encoding: 'hex' }],
    goal: { type: 'bytes', path: `${path}/transport_id`, hex: transportId },
    affects: { target: targetPath(driver.name, target.name), session: directory },
    location: context.locator.locate(session),
  });
};

/** @param target Name of the target's directory. */
export const planSessionRemoval = async (context: PlanContext, driver: string, target: string, { directory, name }: LiveSession): Promise<void> => {
  const mgmt = `${driverPath(driver)}/mgmt`;
  const path = `${targetPath(driver, target)}/sessions/${directory}`;
  const transportId = await context.reader.bytes(`${path}/transport_id`);
  const restore: TreeWrite[] = transportId === undefined || transportId.length === 0 ? [] : [{ path: `${path}/transport_id`, data: Buffer.from(transportId).toString('hex'), encoding: 'hex' }];
  context.builder.add({
    kind: 'remove-session',
    phase: 'session-removal',
    lane: `${driverPath(driver)}/sessions`,
    subject: subjectOf(driver, target, name),
    summary: `session_name ${name}`,
    write: command(mgmt, ['del_session', trueName(target), name]),
    undo: [command(mgmt, ['add_session', trueName(target), name]), ...restore],
    goal: { type: 'absent', path },
    affects: { target: targetPath(driver, target), session: directory },
    provides: `gone:${path}`,
  });
};

import { type Group, type LunSet, type ScsiDevice, type Scst, type Session, type Target, type TargetDriver } from '@scst/local';
import { checkDriver } from '../address/resolve.js';
import { attempt } from './attempt.js';
import { type ScsiDeviceView, viewScsiDevice } from './scsi-device.js';

/** A target driver with all below it, as `tree --json` prints it. */
export type DriverView = {
  readonly name: string;
  readonly targets: readonly TargetView[];
};

export type TargetView = {
  readonly driver: string;
  readonly name: string;
  readonly luns: readonly LunView[];
  readonly groups: readonly GroupView[];
  readonly sessions: readonly SessionView[];
};

export type LunView = {
  readonly lun: number;
  readonly device: string;
  readonly readOnly: boolean;
};

export type GroupView = {
  readonly name: string;
  /** Absent where the tree cannot list them. */
  readonly initiators: readonly string[] | undefined;
  readonly luns: readonly LunView[];
};

export type SessionView = {
  /** Name of its directory. */
  readonly name: string;
  readonly initiator: string | undefined;
  /** The group whose LUNs it sees; absent: the target's own. */
  readonly group: string | undefined;
  /** Number of its SCSI host; absent for drivers whose initiators are elsewhere. */
  readonly host: number | undefined;
  /** What its SCSI host sees. */
  readonly devices: readonly ScsiDeviceView[];
};

/** The target drivers and everything below them. */
export const surveyDrivers = async (scst: Scst): Promise<DriverView[]> => {
  const [drivers, scsiDevices] = await Promise.all([scst.drivers(), scst.scsiDevices()]);
  return await Promise.all(drivers.map((driver) => surveyDriver(driver, scsiDevices)));
};

/** One driver by its name, or all but the copy manager, which is SCST's own. Throws LocalError `NOT_FOUND`. */
export const surveyDriversOf = async (scst: Scst, driver: string | undefined): Promise<DriverView[]> => {
  if (driver !== undefined) await checkDriver(scst, driver);
  return (await surveyDrivers(scst)).filter(({ name }) => (driver === undefined ? name !== 'copy_manager' : name === driver));
};

const surveyDriver = async (driver: TargetDriver, scsiDevices: readonly ScsiDevice[]): Promise<DriverView> => ({
  name: driver.name,
  targets: await Promise.all((await driver.targets()).map((target) => surveyTarget(target, scsiDevices))),
});

export const surveyTarget = async (target: Target, scsiDevices: readonly ScsiDevice[]): Promise<TargetView> => {
  const [luns, groups, sessions] = await Promise.all([surveyLuns(target.luns), attempt(target.groups()), attempt(target.sessions())]);
  return {
    driver: target.driver,
    name: target.name,
    luns,
    groups: await Promise.all((groups ?? []).map(surveyGroup)),
    sessions: await Promise.all((sessions ?? []).map((session) => surveySession(session, scsiDevices))),
  };
};

export const surveyGroup = async (group: Group): Promise<GroupView> => {
  const [initiators, luns] = await Promise.all([attempt(group.initiators.list()), surveyLuns(group.luns)]);
  return { name: group.name, initiators, luns };
};

export const surveyLuns = async (set: LunSet): Promise<LunView[]> =>
  ((await attempt(set.list())) ?? []).map(({ number, device, readOnly }) => ({ lun: number, device, readOnly }));

export const surveySession = async (session: Session, scsiDevices: readonly ScsiDevice[]): Promise<SessionView> => {
  const [initiator, group, host] = await Promise.all([attempt(session.initiatorName()), attempt(session.group()), attempt(session.hostNumber())]);
  return {
    name: session.name,
    initiator,
    group,
    host,
    devices: host === undefined ? [] : scsiDevices.filter((device) => device.host === host).map(viewScsiDevice),
  };
};

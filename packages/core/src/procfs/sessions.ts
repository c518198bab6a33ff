import { type ByteString } from '../bytes.js';
import { type ScstCore } from '../core.js';
import { type Session } from '../target/session.js';
import { type TargetDriver } from '../target/target-driver.js';
import { columns } from './proc-file.js';

/** Widths of `Target name`, `Initiator name` and `Group name`. */
const WIDTHS = [20, 45, 35];
const LAST = 15;

/** How drivers were called: scst_local ended in `_tgt`. */
export const driverName = (driver: TargetDriver): ByteString => (driver.name === 'scst_local' ? 'scst_local_tgt' : driver.name);

/** The drivers that had been there; there was no copy manager yet. */
export const driversOf = (core: ScstCore): TargetDriver[] => [...core.drivers.values()].filter(({ hasGroups }) => hasGroups);

const lineOf = (session: Session, group: ByteString): string => {
  let active = 0;
  for (const { activeCommands } of session.nexuses.values()) active += activeCommands;
  return columns(WIDTHS, [driverName(session.target.driver), session.initiatorName, group, `${active}/${session.activeCommands}`]);
};

/** The text of the file `sessions`: group by group. */
export const sessionsText = (core: ScstCore): ByteString => {
  const header = columns([...WIDTHS, LAST], ['Target name', 'Initiator name', 'Group name', 'Active/All Commands Count']);
  const groups = [...(core.globalGroups?.byName ?? [])];
  return header + groups.flatMap(([name, group]) => [...group.sessions].map((session) => lineOf(session, name))).join('');
};

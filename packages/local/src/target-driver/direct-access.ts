import { type ScstCore, ScstLocalDriver, type Session } from '@scst/core';
import { encodeName, toByteString } from '@scst/sysfs';
import { type DirectAccess } from './driver-unit.js';

/** The LUNs of a core in this process. */
export const directAccess = (core: ScstCore): DirectAccess => ({
  unit: (target, session, lun) => core.nexus(bytes(target), bytes(session), lun),
  watch: (target, session, changed) => {
    const found = findSession(core, bytes(target), bytes(session));
    if (found === undefined) return () => undefined;
    found.lunListeners.add(changed);
    return () => found.lunListeners.delete(changed);
  },
});

const bytes = (name: string): string => toByteString(encodeName(name));

const findSession = (core: ScstCore, target: string, session: string): Session | undefined => {
  const driver = core.drivers.get('scst_local');
  return driver instanceof ScstLocalDriver ? driver.target(target)?.sessionsByName.get(session) : undefined;
};

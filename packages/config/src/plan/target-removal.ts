import { pairsOf } from '../model/config.js';
import { trueName } from '../model/names.js';
import { mgmtFacts } from '../state/mgmt-text.js';
import { keyAttributesOf } from './capture.js';
import { command, driverPath, valueWrite, type PlanContext } from './context.js';
import { readInitiators } from '../state/initiators.js';
import { planGroupRemoval, planInitiatorRemoval } from './groups.js';
import { planLunRemoval } from './luns.js';
import { type TreeWrite } from './operation.js';
import { planSessionRemoval, readSessions } from './sessions.js';

/**
 * Plans the removal of a target the configuration does not mention, with all that is in it, each as an operation of its own. A
 * hardware target cannot go: it is disabled and emptied.
 */
export const planTargetRemoval = async (context: PlanContext, driver: string, target: string): Promise<void> => {
  const { reader, builder } = context;
  const path = `${driverPath(driver)}/${target}`;
  const subject = `TARGET_DRIVER ${driver} / TARGET ${target}`;
  const [luns, groups, enabled, hardware, facts, sessions] = await Promise.all([
    reader.names(`${path}/luns`),
    reader.names(`${path}/ini_groups`),
    reader.attribute(`${path}/enabled`),
    reader.attribute(`${path}/hw_target`),
    mgmtFacts(reader, driverPath(driver)),
    readSessions(reader, path),
  ]);
  if (enabled?.value === '1') {
    const file = `${path}/enabled`;
    builder.add({
      kind: 'set-attribute',
      phase: 'disable',
      lane: path,
      subject,
      summary: 'enabled 0',
      before: '1',
      after: '0',
      write: { path: file, data: '0' },
      undo: [{ path: file, data: '1' }],
      goal: { type: 'value', path: file, attribute: 'enabled', value: '0' },
      affects: { target: path },
      provides: `disabled:${path}`,
    });
  }
  const set = { path: `${path}/luns`, target: path, driver, isNew: false, requires: [] };
  await Promise.all(luns.map((number) => planLunRemoval(context, set, number)));
  for (const group of groups) {
    for (const initiator of await readInitiators(reader, `${path}/ini_groups/${group}`)) planInitiatorRemoval(context, driver, target, path, group, initiator);
    await planGroupRemoval(context, driver, target, path, group);
  }
  if (facts === undefined || hardware?.value === '1') return;
  // Sessions of scst_local are made by hand and come back by hand; other drivers' come from initiators.
  const own = facts.parameters.has('session_name') ? sessions : [];
  await Promise.all(own.map((session) => planSessionRemoval(context, driver, target, session)));
  builder.add({
    kind: 'remove-target',
    phase: 'target-removal',
    lane: driverPath(driver),
    subject,
    summary: `TARGET ${target}`,
    write: command(`${driverPath(driver)}/mgmt`, ['del_target', trueName(target)]),
    undo: [command(`${driverPath(driver)}/mgmt`, ['add_target', trueName(target)]), ...(await attributeWrites(context, driver, target, path, facts.targetAttributes))],
    goal: { type: 'absent', path },
    affects: { target: path },
    provides: `gone:${path}`,
    requires: [
      `disabled:${path}`,
      ...luns.map((number) => `gone:${path}/luns/${number}`),
      ...groups.map((group) => `gone:${path}/ini_groups/${group}`),
      ...own.map(({ directory }) => `gone:${path}/sessions/${directory}`),
    ],
  });
};

/** The writes that give a target its attributes back. */
const attributeWrites = async (context: PlanContext, driver: string, target: string, path: string, dynamic: ReadonlySet<string>): Promise<TreeWrite[]> => {
  const attributes = await keyAttributesOf(context.reader, path, dynamic, new Set(['enabled']));
  return pairsOf(attributes).map(([name, value]) => {
    const base = name.replace(/\d+$/u, '');
    return dynamic.has(base) ? command(`${driverPath(driver)}/mgmt`, ['add_target_attribute', trueName(target), base, ...value.split(/\s+/u)]) : valueWrite(`${path}/${name}`, value);
  });
};

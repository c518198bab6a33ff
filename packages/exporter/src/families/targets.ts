import { type DriverStats } from '../parse/stats.js';
import { type Family, known } from './family.js';
import { lunsOf, setsOf, targetsOf } from './walk.js';

const statFamily = (name: string, help: string, field: keyof DriverStats): Family => ({
  name,
  type: 'counter',
  help,
  labels: ['driver'],
  needs: ['driver-stats'],
  *samples({ survey }) {
    for (const driver of survey.drivers) yield* known([driver.name], driver.stats?.[field]);
  },
});

/** Target drivers, targets, and the LUNs of their sets. */
export const TARGET_FAMILIES: readonly Family[] = [
  {
    name: 'scst_driver_info',
    type: 'gauge',
    help: 'Target drivers and what they tell as their version. Always 1.',
    labels: ['driver', 'version'],
    needs: ['driver-stats'],
    *samples({ survey }) {
      for (const { name, version } of survey.drivers) yield [[name, version ?? ''], 1];
    },
  },
  statFamily('scst_driver_aborts_total', 'ABORT TASK functions that the driver was asked for (stats).', 'aborts'),
  statFamily('scst_driver_device_resets_total', 'Logical unit resets that the driver was asked for (stats).', 'deviceResets'),
  statFamily('scst_driver_target_resets_total', 'Target resets that the driver was asked for (stats).', 'targetResets'),
  {
    name: 'scst_target_enabled',
    type: 'gauge',
    help: 'Whether the target is enabled; targets that always are have no series.',
    labels: ['driver', 'target'],
    needs: [],
    *samples({ survey }) {
      for (const target of targetsOf(survey)) yield* known([target.driver, target.name], target.enabled);
    },
  },
  {
    name: 'scst_target_sessions',
    type: 'gauge',
    help: 'Sessions that are up.',
    labels: ['driver', 'target'],
    needs: [],
    *samples({ survey }) {
      for (const target of targetsOf(survey)) yield* known([target.driver, target.name], target.sessionNames?.length);
    },
  },
  {
    name: 'scst_group_sessions',
    type: 'gauge',
    help: 'Sessions that use the group’s LUNs; an empty group is the target’s own LUNs.',
    labels: ['driver', 'target', 'group'],
    needs: ['luns', 'sessions'],
    *samples({ survey }) {
      for (const [target, { group }] of setsOf(survey)) yield [[target.driver, target.name, group], target.sessions.filter((session) => session.group === group).length];
    },
  },
  {
    name: 'scst_group_luns',
    type: 'gauge',
    help: 'LUNs of the group; an empty group is the target’s own LUNs.',
    labels: ['driver', 'target', 'group'],
    needs: ['luns'],
    *samples({ survey }) {
      for (const [target, { group, luns }] of setsOf(survey)) yield [[target.driver, target.name, group], luns.length];
    },
  },
  {
    name: 'scst_lun_info',
    type: 'gauge',
    help: 'LUNs and their devices; an empty group is the target’s own LUNs. Always 1.',
    labels: ['driver', 'target', 'group', 'lun', 'device'],
    needs: ['luns'],
    *samples({ survey }) {
      for (const [target, { group }, { number, device }] of lunsOf(survey)) yield [[target.driver, target.name, group, String(number), device ?? ''], 1];
    },
  },
  {
    name: 'scst_lun_read_only',
    type: 'gauge',
    help: 'Whether the LUN takes no writes: it was added so, or its device is read-only.',
    labels: ['driver', 'target', 'group', 'lun'],
    needs: ['luns'],
    *samples({ survey }) {
      for (const [target, { group }, { number, readOnly }] of lunsOf(survey)) yield* known([target.driver, target.name, group, String(number)], readOnly);
    },
  },
];

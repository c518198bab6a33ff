import { type Family, known } from './family.js';

/** Asymmetric access states a target group can be put in (SPEC sysfs 10). */
export const ALUA_STATES = ['active', 'nonoptimized', 'standby', 'unavailable', 'offline', 'transitioning'] as const;

/** Device groups and target groups: asymmetric logical unit access (SPC-5 5.18). */
export const ALUA_FAMILIES: readonly Family[] = [
  {
    name: 'scst_target_group_state',
    type: 'gauge',
    help: 'Asymmetric access state of a target group: 1 for the state it is in, 0 for the others.',
    labels: ['device_group', 'target_group', 'state'],
    needs: ['device-groups'],
    *samples({ survey }) {
      for (const group of survey.deviceGroups) {
        for (const { name, state } of group.targetGroups) if (state !== undefined) for (const candidate of ALUA_STATES) yield [[group.name, name, candidate], Number(candidate === state)];
      }
    },
  },
  {
    name: 'scst_target_group_preferred',
    type: 'gauge',
    help: 'Whether the target group is the preferred one.',
    labels: ['device_group', 'target_group'],
    needs: ['device-groups'],
    *samples({ survey }) {
      for (const group of survey.deviceGroups) for (const { name, preferred } of group.targetGroups) yield* known([group.name, name], preferred);
    },
  },
  {
    name: 'scst_target_group_target_info',
    type: 'gauge',
    help: 'Targets of a target group. Always 1.',
    labels: ['device_group', 'target_group', 'target'],
    needs: ['device-groups'],
    *samples({ survey }) {
      for (const group of survey.deviceGroups) for (const { name, targets } of group.targetGroups) for (const target of targets) yield [[group.name, name, target], 1];
    },
  },
  {
    name: 'scst_device_group_device_info',
    type: 'gauge',
    help: 'Devices of a device group. Always 1.',
    labels: ['device_group', 'device'],
    needs: ['device-groups'],
    *samples({ survey }) {
      for (const { name, devices } of survey.deviceGroups) for (const device of devices) yield [[name, device], 1];
    },
  },
];

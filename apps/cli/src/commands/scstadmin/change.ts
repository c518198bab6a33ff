import { mgmtCommand, type MgmtParameters, parentPath } from '@scst/sysfs';
import { refuse } from './flags.js';
import { type AdminOperation, type Done, DONE, type Job } from './operation.js';

const command = async (job: Job, path: string, words: readonly string[], parameters: MgmtParameters = {}): Promise<Done> => {
  await job.write(`${path}/mgmt`, mgmtCommand(words, parameters));
  return DONE;
};

/** Refuses to remove what still holds something. */
const needsEmpty = async (job: Job, what: string, directories: readonly string[]): Promise<void> => {
  if (job.has('force')) return;
  for (const directory of directories) {
    const entries = await job.scst.tree.list(directory, { signal: job.context.signal });
    const held = entries.find(({ name, type }) => name !== 'mgmt' && (type !== 'file' || directory.endsWith('/initiators')));
    if (held !== undefined) throw refuse(`${what} is still in use: it holds ${held.name}`, 'With -force it is removed all the same.');
  }
};

/** Exit statuses of scstadmin where it hands SCST's refusal on. */
const STATUS = { NO_DRIVER: 30, NOT_VIRTUAL: 31, NO_TARGET: 40, TARGET_EXISTS: 41, ADD_FAILED: 42, REMOVE_FAILED: 43 } as const;

const addTarget = async (job: Job): Promise<Done> => {
  const driver = job.driverPath();
  const existed = await job.exists(job.targetPath(job.value));
  return await handOn(job, driver, existed ? STATUS.TARGET_EXISTS : STATUS.ADD_FAILED, () => command(job, driver, ['add_target', job.value], job.parameters));
};

const removeTarget = async (job: Job): Promise<Done> => {
  const driver = job.driverPath();
  const existed = await job.exists(job.targetPath(job.value));
  return await handOn(job, driver, existed ? STATUS.REMOVE_FAILED : STATUS.NO_TARGET, async () => {
    const path = job.targetPath(job.value);
    if (await job.exists(`${path}/enabled`)) await job.write(`${path}/enabled`, '0');
    return await command(job, driver, ['del_target', job.value]);
  });
};

/** Warns of a failure and ends with the status that names it. */
const handOn = async (job: Job, driver: string, otherwise: number, work: () => Promise<Done>): Promise<Done> => {
  try {
    return await work();
  } catch (error) {
    if (job.context.signal.aborted) throw error;
    const exit = !(await job.exists(driver)) ? STATUS.NO_DRIVER : (await job.exists(`${driver}/mgmt`)) ? otherwise : STATUS.NOT_VIRTUAL;
    job.warn(error);
    return { json: { changes: 0 }, exit };
  }
};

const setEnabled = async (job: Job, value: '0' | '1'): Promise<Done> => {
  try {
    await job.write(`${job.targetPath(job.value)}/enabled`, value);
    return DONE;
  } catch (error) {
    if (job.context.signal.aborted) throw error;
    job.warn(error);
    return { json: { changes: 0 } };
  }
};

const addInitiator = async (job: Job): Promise<Done> => {
  const { value, scst } = job;
  const target = scst.driver(job.required('driver')).target(job.required('target'));
  for (const group of await target.groups()) {
    if (!(await group.initiators.list()).includes(value)) continue;
    return { json: { changes: 0 }, text: [`the initiator ${value} is in group ${group.name} already`] };
  }
  return await command(job, `${job.groupPath()}/initiators`, ['add', value]);
};

const closeDevice = async (job: Job): Promise<Done> => {
  const { value, scst } = job;
  const exports = job.has('force') || !(await job.exists(scst.device(value).path)) ? [] : await scst.device(value).exports();
  const [first] = exports;
  if (first !== undefined) {
    const group = first.group === undefined ? '' : `, group ${first.group}`;
    throw refuse(`the device ${value} is still in use: LUN ${first.lun} of ${first.driver}/${first.target}${group}`, 'With -force it is closed all the same.');
  }
  return await command(job, scst.handler(job.required('handler')).path, ['del_device', value]);
};

const DRIVER = ['driver'] as const;
const TARGET = ['driver', 'target'] as const;
const GROUP = ['driver', 'target', 'group'] as const;
const DEVICE_GROUP = ['dev_group'] as const;
const TARGET_GROUP = ['dev_group', 'tgt_group'] as const;

/** What adds, changes and removes objects. */
export const CHANGES: Readonly<Record<string, AdminOperation>> = {
  open_dev: { value: 'required', needs: ['handler'], does: 'add a device', run: (job) => command(job, job.scst.handler(job.required('handler')).path, ['add_device', job.value], job.parameters) },
  close_dev: { value: 'required', needs: ['handler'], asks: true, does: 'remove a device', run: closeDevice },
  resync_dev: {
    value: 'required',
    does: 'look at the size of a device again',
    run: async (job) => {
      await job.write(`${job.scst.device(job.value).path}/resync_size`, '1');
      return DONE;
    },
  },
  add_target: { value: 'required', needs: DRIVER, does: 'add a target', run: addTarget },
  rem_target: { value: 'required', needs: DRIVER, asks: true, does: 'remove a target', run: removeTarget },
  enable_target: { value: 'required', needs: DRIVER, does: 'enable a target', run: (job) => setEnabled(job, '1') },
  disable_target: { value: 'required', needs: DRIVER, asks: true, does: 'disable a target', run: (job) => setEnabled(job, '0') },
  add_group: { value: 'required', needs: TARGET, does: 'add a group of initiators', run: (job) => command(job, `${job.targetPath()}/ini_groups`, ['create', job.value]) },
  rem_group: {
    value: 'required',
    needs: TARGET,
    asks: true,
    does: 'remove a group of initiators',
    run: async (job) => {
      const path = job.groupPath(job.value);
      await needsEmpty(job, `the group ${job.value}`, (await job.exists(path)) ? [`${path}/luns`, `${path}/initiators`] : []);
      return await command(job, parentPath(path), ['del', job.value]);
    },
  },
  add_init: { value: 'required', needs: GROUP, does: 'add an initiator to a group', run: addInitiator },
  rem_init: { value: 'required', needs: GROUP, asks: true, does: 'remove an initiator from a group', run: (job) => command(job, `${job.groupPath()}/initiators`, ['del', job.value]) },
  move_init: {
    value: 'required',
    needs: [...GROUP, 'to'],
    asks: true,
    does: 'move an initiator to another group',
    run: (job) => command(job, `${job.groupPath()}/initiators`, ['move', job.value, job.required('to')]),
  },
  clear_inits: { value: 'none', needs: GROUP, asks: true, does: 'remove all initiators of a group', run: (job) => command(job, `${job.groupPath()}/initiators`, ['clear']) },
  add_lun: { value: 'required', needs: [...TARGET, 'device'], does: 'add a LUN', run: (job) => command(job, job.lunsPath(), ['add', job.required('device'), job.value], job.parameters) },
  rem_lun: { value: 'required', needs: TARGET, asks: true, does: 'remove a LUN', run: (job) => command(job, job.lunsPath(), ['del', job.value]) },
  replace_lun: {
    value: 'required',
    needs: [...TARGET, 'device'],
    asks: true,
    does: 'show another device at a LUN',
    run: (job) => command(job, job.lunsPath(), ['replace', job.required('device'), job.value], job.parameters),
  },
  clear_luns: { value: 'none', needs: TARGET, asks: true, does: 'remove all LUNs of a target or a group', run: (job) => command(job, job.lunsPath(), ['clear']) },
  add_dgrp: { value: 'required', does: 'add a device group', run: (job) => command(job, 'device_groups', ['create', job.value]) },
  rem_dgrp: {
    value: 'required',
    does: 'remove a device group',
    run: async (job) => {
      const path = job.deviceGroupPath(job.value);
      await needsEmpty(job, `the device group ${job.value}`, (await job.exists(path)) ? [`${path}/devices`, `${path}/target_groups`] : []);
      return await command(job, 'device_groups', ['del', job.value]);
    },
  },
  add_dgrp_dev: { value: 'required', needs: DEVICE_GROUP, does: 'add a device to a device group', run: (job) => command(job, `${job.deviceGroupPath()}/devices`, ['add', job.value]) },
  rem_dgrp_dev: { value: 'required', needs: DEVICE_GROUP, does: 'take a device out of a device group', run: (job) => command(job, `${job.deviceGroupPath()}/devices`, ['del', job.value]) },
  add_tgrp: { value: 'required', needs: DEVICE_GROUP, does: 'add a target group', run: (job) => command(job, `${job.deviceGroupPath()}/target_groups`, ['create', job.value]) },
  rem_tgrp: {
    value: 'required',
    needs: DEVICE_GROUP,
    does: 'remove a target group',
    run: async (job) => {
      const path = job.targetGroupPath(job.value);
      await needsEmpty(job, `the target group ${job.value}`, (await job.exists(path)) ? [path] : []);
      return await command(job, parentPath(path), ['del', job.value]);
    },
  },
  add_tgrp_tgt: { value: 'required', needs: TARGET_GROUP, does: 'add a target to a target group', run: (job) => command(job, job.targetGroupPath(), ['add', job.value]) },
  rem_tgrp_tgt: { value: 'required', needs: TARGET_GROUP, does: 'take a target out of a target group', run: (job) => command(job, job.targetGroupPath(), ['del', job.value]) },
};

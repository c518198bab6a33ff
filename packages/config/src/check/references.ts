import { isVirtualHandler } from '../attributes/handlers.js';
import { kindOf } from '../attributes/kinds.js';
import { encodeName } from '@scst/sysfs';
import { valueOf } from '../model/config.js';
import { isScsiAddress, nameProblem } from '../model/names.js';
import { forRepeats, type CheckContext } from './context.js';
import { allDevices, allLunSets, allTargets } from './parts.js';

/** Names SCST cannot take. */
export const checkNames = (context: CheckContext): void => {
  const { config } = context;
  const check = (part: object, name: string, place: string, detail = { word: 1 }): void => {
    const problem = nameProblem(name);
    if (problem !== undefined) context.error({ code: 'bad-name', message: `the name “${name}” cannot be given to SCST: ${problem}`, part, detail, place });
  };
  for (const { handler, device, place } of allDevices(config)) {
    check(device, device.name, place);
    if (!isVirtualHandler(handler.name)) continue;
    if (/[./]/u.test(device.name)) context.error({ code: 'bad-name', message: `the name of a virtual device has no “.” and no “/”: ${device.name}`, part: device, detail: { word: 1 }, place });
    if (encodeName(device.name).length > 64) context.error({ code: 'bad-name', message: 'the name of a virtual device has at most 64 bytes', part: device, detail: { word: 1 }, place });
  }
  for (const { target, place } of allTargets(config)) {
    check(target, target.name, place);
    if (target.name === '.' || target.name === '..') context.error({ code: 'bad-name', message: `a target cannot be called “${target.name}”`, part: target, detail: { word: 1 }, place });
    for (const session of target.sessions) {
      check(session, session.name, `${place} / session_name ${session.name}`);
      // `;` ends a parameter, but sessions are added one by one, where it is an ordinary character.
    }
    for (const group of target.groups) {
      check(group, group.name, `${place} / GROUP ${group.name}`);
      for (const initiator of group.initiators) {
        const where = `${place} / GROUP ${group.name} / INITIATOR ${initiator.name}`;
        check(initiator, initiator.name, where);
        if (initiator.name.includes('/')) context.warning({ code: 'bad-name', message: 'with a “/” in an initiator name SCST cannot list the group’s initiators', part: initiator, detail: { word: 1 }, place: where });
      }
    }
  }
  for (const group of config.deviceGroups) {
    const place = `DEVICE_GROUP ${group.name}`;
    check(group, group.name, place);
    for (const targetGroup of group.targetGroups) {
      check(targetGroup, targetGroup.name, `${place} / TARGET_GROUP ${targetGroup.name}`);
      for (const target of targetGroup.targets) check(target, target.name, `${place} / TARGET_GROUP ${targetGroup.name} / TARGET ${target.name}`);
    }
  }
};

/**
 * Devices that are named but defined nowhere.
 *
 * @param exists Whether a device is in the tree; undefined when there is no tree to ask.
 */
export const checkDevicesExist = (context: CheckContext, exists: ((device: string) => boolean) | undefined): void => {
  const { config } = context;
  const defined = new Set(allDevices(config).map(({ device }) => device.name));
  const isKnown = (device: string): boolean => defined.has(device) || exists?.(device) === true;
  const report = (device: string, finding: { part: object; detail: { attribute?: string; occurrence?: number; word?: number }; place: string }): void => {
    // SCSI devices of the machine are there without a HANDLER (SPEC 8.3): only the tree can tell.
    if (exists === undefined && isScsiAddress(device)) return;
    const message = exists === undefined ? `no HANDLER block defines the device ${device}` : `the device ${device} is neither defined here nor in SCST`;
    context.error({ ...finding, code: 'unknown-device', message, expected: `DEVICE ${device} in a HANDLER block` });
  };
  for (const { luns, place } of allLunSets(config)) {
    for (const lun of luns) if (!isKnown(lun.device)) report(lun.device, { part: lun, detail: { word: 2 }, place: `${place} / LUN ${lun.lun}` });
  }
  for (const group of config.deviceGroups) {
    for (const [occurrence, device] of group.devices.entries()) {
      if (!isKnown(device)) report(device, { part: group, detail: { attribute: 'DEVICE', occurrence }, place: `DEVICE_GROUP ${group.name} / DEVICE ${device}` });
    }
  }
};

/** Relative target port identifiers and session names are unique over all targets. */
export const checkUnique = (context: CheckContext): void => {
  const { config } = context;
  const normal = (value: string | undefined): string => (value === undefined ? '' : (kindOf('rel_tgt_id')?.normalise(value) ?? ''));
  const ids = allTargets(config).map(({ target, place }) => ({ target, place, id: normal(valueOf(target.attributes, 'rel_tgt_id')) }));
  forRepeats(ids.filter(({ id }) => id !== '' && id !== '0'), ({ id }) => id, ({ target, place, id }, first) => {
    const message = `rel_tgt_id ${id} is that of TARGET ${first.target.name} too (${context.whereIs(first.target, first.place)})`;
    context.error({ code: 'contradiction', message, part: target.attributes, detail: { attribute: 'rel_tgt_id' }, place: `${place} / rel_tgt_id` });
  });
  const sessions = config.targetDrivers.flatMap((driver) => driver.targets.flatMap((target) => target.sessions.map((session) => ({ driver, target, session }))));
  forRepeats(sessions, ({ driver, session }) => `${driver.name}\n${session.name}`, ({ driver, target, session }, first) => {
    if (target === first.target) return; // two sessions of one name on one target are fine (SPEC 7)
    const place = `TARGET_DRIVER ${driver.name} / TARGET ${target.name} / session_name ${session.name}`;
    context.error({ code: 'contradiction', message: `the session ${session.name} is that of TARGET ${first.target.name} too; session names are unique over all targets`, part: session, detail: { word: 1 }, place });
  });
  for (const group of config.deviceGroups) {
    const members = group.targetGroups.flatMap((targetGroup) => targetGroup.targets.map((target) => ({ targetGroup, target, id: normal(valueOf(target.attributes, 'rel_tgt_id')) })));
    forRepeats(members.filter(({ id }) => id !== '' && id !== '0'), ({ id }) => id, ({ targetGroup, target, id }, first) => {
      const place = `DEVICE_GROUP ${group.name} / TARGET_GROUP ${targetGroup.name} / TARGET ${target.name}`;
      context.error({ code: 'contradiction', message: `rel_tgt_id ${id} is that of TARGET ${first.target.name} of this device group too`, part: target.attributes, detail: { attribute: 'rel_tgt_id' }, place });
    });
  }
};

/** Initiators ask LUN 0 for the list of LUNs. */
export const checkLunZero = (context: CheckContext): void => {
  for (const { driver, luns, owner, group, place } of allLunSets(context.config)) {
    if (driver.name === 'copy_manager' || luns.length === 0 || luns.some(({ lun }) => lun === 0)) continue;
    const what = group === undefined ? `TARGET ${owner.name}` : `GROUP ${owner.name}`;
    context.warning({ code: 'no-lun-0', message: `${what} has no LUN 0, which many initiators need`, part: owner, place });
  }
};
